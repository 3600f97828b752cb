/**
 * What travels with a flow of control: through calls, through `await`, into callbacks that were scheduled from it.
 *
 * There is one carrier for the whole project, so that the current context, the running loop and the current task can
 * never disagree. What it carries is a `Frame`; which engine feature carries it is decided by export conditions
 * (AsyncLocalStorage where there is one, else a variable that follows synchronous calls).
 */

import { carryFrame, storage, followsAwait as storageFollowsAwait } from "#ambient-storage";
import type { Context } from "./context.ts";

/**
 * Whether a flow goes on after an `await` of a promise: not in browsers, which have no AsyncLocalStorage.
 *
 * Where it does not, a native `async` function belongs to its task up to its first `await` only. Generators do all along.
 *
 * @example
 * followsAwait // => true
 */
export const followsAwait: boolean = storageFollowsAwait;

/** The state that a flow of control carries: its context, and whom it belongs to. Tasks and handles are frames. */
export interface Frame {
  readonly context: Context;
  /** A task or a handle that runs in this frame; `contextvars` does not look into it. `null` outside them. */
  readonly owner: object | null;
}

/**
 * A saved flow of control: its frame, and every foreign AsyncLocalStorage as it was when `capture` was called.
 *
 * @example
 * const carrier = capture({ context: copyContext(), owner: null });
 * carrier.runInAsyncScope(() => currentFrame()?.owner, null) // => null
 */
export interface Carrier {
  /** Call `f` inside the saved flow, as a method of `thisArg`. */
  runInAsyncScope<This, Args extends unknown[], R>(
    f: (this: This, ...args: Args) => R,
    thisArg: This,
    ...args: Args
  ): R;
}

/**
 * The frame of the current flow of control, or `undefined` outside of any.
 *
 * For those who write a layer; everybody else needs `copyContext()` only.
 *
 * @example
 * currentFrame() // => undefined
 */
export function currentFrame(): Frame | undefined {
  return storage.getStore();
}

/**
 * Call `f` with `frame` as the current one; what `f` starts, native `async` functions included, stays in it.
 *
 * Where there is no AsyncLocalStorage, as in browsers, the frame follows synchronous calls only.
 *
 * @returns What `f` returns.
 * @throws What `f` throws.
 *
 * @example
 * runInFrame({ context: copyContext(), owner: null }, () => currentFrame()?.owner) // => null
 */
export function runInFrame<R>(frame: Frame, f: () => R): R {
  return storage.run(frame, f);
}

/**
 * Save the current flow of control, with `frame` in the place of its frame, to go on in it later.
 *
 * Cheap enough to be done once for every task and every callback. Can be entered any number of times, as a task is for
 * each of its steps.
 *
 * @example
 * const flow = { context: copyContext(), owner: null };
 * const carrier = capture(flow);
 * carrier.runInAsyncScope(() => currentFrame() === flow, undefined) // => true
 */
export function capture(frame: Frame): Carrier {
  return carryFrame(frame);
}
