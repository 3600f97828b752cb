import { show } from "@asyncio-ts/contextvars";
import type { ExceptionContext, RunnableQueue, Seconds } from "@asyncio-ts/core";
import { Runner } from "@asyncio-ts/platform";
import { currentTask, type GeneratorBody } from "@asyncio-ts/tasks";
import { LeakError } from "./errors.ts";
import { type Leak, type LeakKind, leakOf, leaksOf } from "./leaks.ts";
import { VirtualEventLoop } from "./virtual-event-loop.ts";
import { waitAllTasksBlocked } from "./wait-all-tasks-blocked.ts";

/** What a test does: an `async` function, a generator function, or a function that makes a coroutine. */
export type TestBody<T> = (loop: VirtualEventLoop) => GeneratorBody<T> | PromiseLike<T>;

/** How a test is run. */
export interface RunTestOptions {
  /** How much virtual time it may take, in seconds; by default a day. */
  readonly timeout?: Seconds | undefined;
  /** How many turns the loop may take while its clock stands still, by default a million: a test that goes round ends. */
  readonly turns?: number | undefined;
  /** What it may leave behind without failing; by default nothing. */
  readonly allow?: readonly LeakKind[] | undefined;
  /** Debug mode of the loop, which notes where things are made; by default on. */
  readonly debug?: boolean | undefined;
  /** Real seconds to wait for what comes from outside of the loop before time jumps; by default 0. */
  readonly patience?: Seconds | undefined;
}

/**
 * Run `body` as the main task of a loop in virtual time, look whether it leaves anything behind, and answer its result.
 *
 * Sleeps cost nothing: while anything can run time stands still, and then it jumps to the next deadline. When the body
 * has returned, everything that still can go on without time passing does. What is left then fails the test, all in one
 * error: pending tasks, armed timers, exceptions that nobody has read, coroutines that nobody has awaited, and what the
 * exception handler was told. Tasks that are left are cancelled, so that they clean up, and the loop is closed.
 *
 * If the body itself fails, that is the error, and reports are printed.
 *
 * Nothing outside of the loop is waited for. A body that awaits a socket, a file or a timer of the platform gets no
 * further, and the test fails with a `DeadlockError`, or time jumps ahead of it. With `patience` the loop waits as many
 * real seconds for the outside, each time before time jumps; such a test takes real time, and its course is not certain.
 *
 * ## Cancellation
 * The promise that is returned cannot be cancelled. A test that is over its `timeout` is: its tasks clean up.
 *
 * @throws {LeakError} The body has left something behind.
 * @throws {TestTimeoutError} The body took more virtual time than `timeout`, or more than `turns` at one moment of it.
 * @throws {DeadlockError} Nothing can ever wake the loop again; the message names each task and what it waits on.
 * @throws {RuntimeError} Called inside a running loop.
 * @throws {TypeError} `body` is not a function, or an option is of the wrong type.
 * @throws {RangeError} `timeout` or `patience` is negative or NaN, `turns` is no number above 0, or `allow` names an unknown kind.
 * @throws What `body` throws.
 *
 * @example
 * await runTest(async (loop) => {
 *   await sleep(3600);
 *   return loop.time();
 * }) // => 3600
 */
export async function runTest<T>(body: TestBody<T>, options: RunTestOptions = {}): Promise<T> {
  checkTest("runTest", body, options);
  return await perform(body, options, printReport);
}

/** What a run needs that only `explore` sets. */
export interface PerformOptions extends RunTestOptions {
  readonly readyQueue?: RunnableQueue | undefined;
}

/** What becomes of the reports of a body that fails by itself. */
type Printer = (loop: VirtualEventLoop, report: ExceptionContext) => void;

const printReport: Printer = (loop, report) => loop.defaultExceptionHandler(report);

/** @internal One run. */
export async function perform<T>(body: TestBody<T>, options: PerformOptions, print: Printer): Promise<T> {
  const loop = new VirtualEventLoop(options);
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_, report) => void reports.push(report));
  const runner = new Runner({ loopFactory: () => loop });
  let result: T;
  const left: Leak[] = [];
  try {
    result = await runMain(runner, loop, body);
    await runner.run(() => waitAllTasksBlocked());
    loop.checkTime();
    left.push(...leaksOf(loop));
  } catch (reason) {
    const error = loop.overrun ?? reason;
    leaksOf(loop);
    await close(runner, loop);
    // That tasks are left is no wonder now; all else may tell why the body has failed.
    for (const report of reports) if (leakOf(report).kind !== "task") print(loop, report);
    throw error;
  }
  await close(runner, loop);
  left.push(...reports.map(leakOf));
  const leaks = left.filter(({ kind }) => !options.allow?.includes(kind));
  if (leaks.length > 0) throw new LeakError(leaks);
  return result;
}

async function runMain<T>(runner: Runner, loop: VirtualEventLoop, body: TestBody<T>): Promise<T> {
  const main = (): ReturnType<TestBody<T>> => {
    currentTask()?.setName("main");
    return body(loop);
  };
  Object.defineProperty(main, "name", { value: body.name });
  return await runner.run(main);
}

/** Cancel what is left, give it as much time again to clean up, and close the loop, which reports who refuses. */
async function close(runner: Runner, loop: VirtualEventLoop): Promise<void> {
  loop.host.allow(loop.timeout);
  try {
    await runner.close();
  } catch {
    leaksOf(loop); // a task that has refused to end is reported by the close of the loop
  }
}

const kinds: ReadonlySet<unknown> = new Set<LeakKind>(["task", "timer", "exception", "coroutine", "report"]);

/** @internal Refuse what cannot be run. */
export function checkTest(caller: string, body: unknown, options: RunTestOptions): void {
  const { timeout, turns, patience, allow } = options;
  if (typeof body !== "function") throw new TypeError(`${caller}() needs a function, not ${show(body)}`);
  checkSeconds(caller, "timeout", timeout);
  checkSeconds(caller, "patience", patience);
  checkTurns(caller, turns);
  if (allow === undefined) return;
  if (!Array.isArray(allow)) throw new TypeError(`${caller}() needs an array as option allow, not ${show(allow)}`);
  const unknown = allow.find((kind) => !kinds.has(kind));
  if (unknown !== undefined) throw new RangeError(`${caller}() does not know the kind of leak ${show(unknown)}`);
}

function checkTurns(caller: string, turns: unknown): void {
  if (turns === undefined) return;
  if (typeof turns !== "number") throw new TypeError(`${caller}() needs a number of turns, not ${show(turns)}`);
  if (!(turns > 0)) throw new RangeError(`${caller}() cannot use ${show(turns)} as turns`);
}

function checkSeconds(caller: string, name: string, seconds: unknown): void {
  if (seconds === undefined) return;
  if (typeof seconds !== "number") {
    throw new TypeError(`${caller}() needs the option ${name} in seconds, not ${show(seconds)}`);
  }
  if (!(seconds >= 0)) throw new RangeError(`${caller}() cannot use ${show(seconds)} as ${name}`);
}
