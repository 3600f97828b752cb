import { currentFrame, RuntimeError, show } from "@asyncio-ts/contextvars";
import type { Scheduler } from "./scheduler.ts";

const remedy = "there is one inside run(), and everywhere after install()";
const noneRuns = `no running event loop: ${remedy}`;
const notInside = `no running event loop here: several are running, and the caller is inside none of them; ${remedy}`;

/** The loops that are running in this thread. Several may run side by side. */
const running = new Set<Scheduler>();

/** The loop of all code that is in no flow of another one, if there is such a loop. */
let ambient: Scheduler | null = null;

/**
 * Make `loop` that of all code which is in no other loop, while it runs; `null` for none.
 *
 * For a loop that is always running: without it, such code belongs to no loop as soon as a second one runs.
 *
 * @example
 * setAmbientLoop(loop);
 * runningLoop() // => null
 * setAmbientLoop(null);
 */
export function setAmbientLoop(loop: Scheduler | null): void {
  ambient = loop;
}

/** @internal */
export function enterRunning(loop: Scheduler): void {
  running.add(loop);
}

/** @internal */
export function leaveRunning(loop: Scheduler): void {
  running.delete(loop);
}

/**
 * The loop in whose handle or task the current code runs, or `null`.
 *
 * Follows `await`: code that a task started is in the loop of that task. A loop that has stopped does not count.
 *
 * @example
 * loopOfFlow() // => null
 */
export function loopOfFlow(): Scheduler | null {
  const owner = currentFrame()?.owner as { readonly loop?: Scheduler } | null | undefined;
  const loop = owner?.loop;
  return loop?.isRunning() ? loop : null;
}

/**
 * The loop that is running here, or `null`: that of the current flow, else the ambient one, else the only one that runs in
 * this thread.
 *
 * When several run side by side, code outside of their flows belongs to none of them.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.get_running_loop}
 *
 * @example
 * runningLoop() // => null
 */
export function runningLoop(): Scheduler | null {
  const ofFlow = loopOfFlow();
  if (ofFlow !== null) return ofFlow;
  if (ambient?.isRunning()) return ambient;
  if (running.size !== 1) return null;
  const [only] = running;
  return only as Scheduler;
}

/**
 * The loop that is running here: that of the current flow, else the only one that runs in this thread.
 *
 * @throws {RuntimeError} No loop is running, or several are and the caller belongs to none of them.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.get_running_loop}
 *
 * @example
 * loop.callSoon(() => {
 *   console.log(getRunningLoop() === loop); // => true
 *   loop.stop();
 * });
 * await loop.runForever();
 */
export function getRunningLoop(): Scheduler {
  const loop = runningLoop();
  if (loop === null) throw new RuntimeError(running.size > 1 ? notInside : noneRuns);
  return loop;
}

/**
 * The loop that an option names, else the one that is running here: for functions that take a loop.
 *
 * @throws {TypeError} `loop` is given, and is not a loop.
 * @throws {RuntimeError} `loop` is not given, and none is running here.
 *
 * @example
 * loopOrRunning(loop) === loop // => true
 */
export function loopOrRunning(loop: Scheduler | undefined): Scheduler {
  if (loop === undefined) return getRunningLoop();
  if (typeof (loop as Partial<Scheduler> | null)?.schedule === "function") return loop;
  throw new TypeError(`An event loop was expected, not ${show(loop)}`);
}
