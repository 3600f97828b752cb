import { show } from "@asyncio-ts/contextvars";
import {
  type Body,
  type Coroutine,
  checkLimits,
  coroutine,
  type GeneratorBody,
  mustWait,
  Operation,
  type WaitLimits,
} from "@asyncio-ts/tasks";

/** What can be held for a while, as a lock. */
export interface Acquirable<Token> {
  /** Take it at once, or answer `null`. */
  tryAcquire(): Token | null;
  /** Take it when one's turn has come. */
  acquireInTurn(limits: WaitLimits | undefined): GeneratorBody<Token>;
  release(): void;
}

/** Take `from`: at once if that is possible, or else in one's turn. */
export function acquire<Token>(from: Acquirable<Token>, limits: WaitLimits | undefined): Coroutine<Token> {
  if (limits !== undefined) checkLimits("acquire", limits);
  return new Acquisition(from, limits);
}

/** Run `body` in the current task while holding `held`. */
export function runHolding<T>(
  held: Acquirable<unknown>,
  body: Body<[], T>,
  limits: WaitLimits | undefined,
): Coroutine<T> {
  if (typeof body !== "function") throw new TypeError(`with() needs a function, not ${show(body)}`);
  if (limits !== undefined) checkLimits("with", limits);
  return acquireAndRun(held, body, limits) as Coroutine<T>;
}

class Acquisition<Token> extends Operation<Token> {
  readonly #from: Acquirable<Token>;
  readonly #limits: WaitLimits | undefined;

  constructor(from: Acquirable<Token>, limits: WaitLimits | undefined) {
    super();
    this.#from = from;
    this.#limits = limits;
  }

  override get name(): string {
    return "acquire";
  }

  protected override attempt(): Token | typeof mustWait {
    this.#limits?.signal?.throwIfAborted();
    return this.#from.tryAcquire() ?? mustWait;
  }

  protected override otherwise(): GeneratorBody<Token> {
    return this.#from.acquireInTurn(this.#limits);
  }
}

const acquireAndRun = coroutine(function* withHeld<T>(
  held: Acquirable<unknown>,
  body: Body<[], T>,
  limits: WaitLimits | undefined,
): GeneratorBody<T> {
  yield* acquire(held, limits);
  try {
    return yield* coroutine(body)();
  } finally {
    held.release();
  }
});
