import { currentFrame, type Frame } from "@asyncio-ts/contextvars";
import { captureStack, loopOfFlow, type Scheduler } from "@asyncio-ts/core";
import type { Future } from "./future.ts";
import type { Steps } from "./suspension.ts";

type Resolve<T> = (value: T) => void;
type Reject = (error: unknown) => void;

/** The owner of a flow that waits in its own way: a task suspends one of its strands. */
export interface NativeAwaiter {
  /** @internal Take the steps of `awaited` to their end within the flow of `frame`, then settle. */
  drive<T>(awaited: Suspendable<T>, resolve: (value: T) => void, reject: (error: unknown) => void, frame: Frame): void;
  /** Whether it has ended, so that nothing waits in it any more. */
  done(): boolean;
}

/** The type of `then`, as that of a promise. */
export type Then<T> = <Fulfilled = T, Rejected = never>(
  onFulfilled?: ((value: T) => Fulfilled | PromiseLike<Fulfilled>) | null,
  // biome-ignore lint/suspicious/noExplicitAny: as a promise has it, so that handlers written for one fit
  onRejected?: ((error: any) => Rejected | PromiseLike<Rejected>) | null,
) => Promise<Fulfilled | Rejected>;

/**
 * What can be awaited in both kinds of body: with `yield*` in a generator, with `await` in an `async` function.
 *
 * Both take the same steps. `await` calls `then` in a microtask, in the flow of the awaiting code: so its task is known,
 * at any depth of nested `async` functions, and takes the steps as if it had written `yield*`.
 */
export abstract class Suspendable<T> implements PromiseLike<T> {
  abstract [Symbol.iterator](): Steps<T>;

  /**
   * The future of `loop`, by default of the running one, that stands for this: what `ensureFuture` makes of it.
   *
   * For what waits elsewhere, as the future of an executor; a task could not be cancelled together with what it waits on.
   */
  futureOn?(loop: Scheduler | undefined): Future<T>;

  /** Wait where there is no task that could suspend. */
  protected abstract settleOutsideTasks(resolve: (value: T) => void, reject: (error: unknown) => void): void;

  /**
   * As `then` of a promise.
   *
   * Reading it is the moment of the `await`: the stack still shows where, which debug mode notes.
   */
  get then(): Then<T> {
    if (loopOfFlow()?.getDebug()) awaitSites.set(this, captureStack());
    return thenOfSuspendable as Then<T>;
  }

  /** As `catch` of a promise. */
  catch<Rejected = never>(
    // biome-ignore lint/suspicious/noExplicitAny: as a promise has it, so that handlers written for one fit
    onRejected?: ((error: any) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<T | Rejected> {
    return this.then(undefined, onRejected);
  }

  /** As `finally` of a promise. */
  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }

  /** @internal Wait in the current flow. */
  wait(resolve: Resolve<T>, reject: Reject): void {
    const frame = currentFrame();
    if (isInTask(frame)) frame.owner.drive(this, resolve, reject, frame);
    else this.settleOutsideTasks(resolve, reject);
  }

  /** @internal Wait on behalf of a callback of `then`, which is not called before those that were added before it. */
  waitInOrder(resolve: Resolve<T>, reject: Reject): void {
    this.wait(resolve, reject);
  }
}

/** The flow of a task that has ended, as of a server that the task has started, is in no task any more. */
function isInTask(frame: Frame | undefined): frame is Frame & { readonly owner: NativeAwaiter } {
  const owner = frame?.owner as Partial<NativeAwaiter> | null | undefined;
  return typeof owner?.drive === "function" && !owner.done?.();
}

const awaitSites = new WeakMap<object, string | undefined>();

/** @internal Where `awaited` was last awaited natively; only in debug mode. */
export function awaitSiteOf(awaited: Suspendable<unknown>): string | undefined {
  return awaitSites.get(awaited);
}

function thenOfSuspendable(this: Suspendable<unknown>, onFulfilled?: unknown, onRejected?: unknown): unknown {
  if (isResolver(onFulfilled) && isResolver(onRejected)) {
    this.wait(onFulfilled, onRejected);
    return undefined;
  }
  const promise = new Promise((resolve, reject) => this.waitInOrder(resolve, reject));
  return promise.then(onFulfilled as Resolve<unknown>, onRejected as Reject);
}

/**
 * Whether `f` is the resolving function of a promise, as `await` passes it: whoever passes that has no use for a derived
 * promise, and making one would double the price of an `await`.
 */
function isResolver(f: unknown): f is (value: unknown) => void {
  return typeof f === "function" && f.name === "" && sourceOf.call(f) === sourceOfResolver;
}

const sourceOf = Function.prototype.toString;

const sourceOfResolver = ((): string => {
  let source = "";
  void new Promise((resolve) => {
    source = sourceOf.call(resolve);
  });
  return source;
})();
