import type { Carrier, Frame } from "./ambient.ts";

/** A variable does not: what comes after an `await` of a promise is in no flow. */
export const followsAwait: boolean = false;

/**
 * Stands in for AsyncLocalStorage where there is none: follows synchronous calls only.
 *
 * Generator coroutines need no more, since every step of theirs is entered by the loop. A native `async` function
 * loses it at its first `await` of a promise.
 */
class SynchronousStorage {
  #current: Frame | undefined;

  getStore(): Frame | undefined {
    return this.#current;
  }

  run<R>(frame: Frame, f: () => R): R {
    const outer = this.#current;
    this.#current = frame;
    try {
      return f();
    } finally {
      this.#current = outer;
    }
  }
}

class SynchronousCarrier implements Carrier {
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  runInAsyncScope<This, Args extends unknown[], R>(
    f: (this: This, ...args: Args) => R,
    thisArg: This,
    ...args: Args
  ): R {
    return storage.run(this.#frame, () => f.apply(thisArg, args));
  }
}

export const storage: SynchronousStorage = new SynchronousStorage();

export function carryFrame(frame: Frame): Carrier {
  return new SynchronousCarrier(frame);
}
