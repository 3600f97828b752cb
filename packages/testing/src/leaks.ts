import { show } from "@asyncio-ts/contextvars";
import type { ExceptionContext, Timer } from "@asyncio-ts/core";
import { allTasks, type Future, type Task } from "@asyncio-ts/tasks";
import { type NeverAwaited, takeNeverAwaited } from "@asyncio-ts/tasks/testing";
import { showRunnable } from "./show-runnable.ts";
import { describePending, type VirtualEventLoop } from "./virtual-event-loop.ts";

/**
 * What a test can leave behind:
 *
 *  task         a task that is pending
 *  timer        a timer that is armed, unless it ends with a task that is pending
 *  exception    an exception of a future or a task that nobody has read
 *  coroutine    a coroutine that nobody has awaited
 *  report       anything else that the exception handler of the loop was told
 */
export type LeakKind = "task" | "timer" | "exception" | "coroutine" | "report";

/** One thing that a test has left behind. */
export interface Leak {
  readonly kind: LeakKind;
  /** What it is, and in debug mode where it was made. */
  readonly text: string;
  /** The error concerned, if there is one. */
  readonly error?: unknown;
}

/** What is left on `loop` now that its main task has ended. Coroutines are taken, and not reported any more. */
export function leaksOf(loop: VirtualEventLoop): Leak[] {
  const tasks = [...allTasks(loop)];
  const waitedFor = new Set<unknown>(tasks.flatMap((task) => task.waitingOn()));
  const timers = loop.looseTimers().filter((timer) => !waitedFor.has(timer));
  return [...tasks.map(taskLeft), ...timers.map(timerLeft), ...takeNeverAwaited(loop).map(coroutineLeft)];
}

function taskLeft(task: Task<unknown>): Leak {
  return { kind: "task", text: described("a pending task", describePending(task), task.createdAt) };
}

function timerLeft(timer: Timer): Leak {
  const { createdAt } = timer as Partial<Pick<Future<unknown>, "createdAt">>; // a handle and a sleep know it
  const name = `${showRunnable(timer)} due at ${timer.when()} s`;
  return { kind: "timer", text: described("an armed timer", name, createdAt) };
}

function coroutineLeft({ name, createdAt }: NeverAwaited): Leak {
  return { kind: "coroutine", text: described("a coroutine that was never awaited", `${name}()`, createdAt) };
}

/** What the exception handler of a loop was told. */
export function leakOf(report: ExceptionContext): Leak {
  const { message, exception, createdAt, future, task, handle } = report;
  const about = task ?? future ?? handle;
  const what = [message, ...(about === undefined ? [] : [String(about)])].join(": ");
  const thrown = "exception" in report ? [`exception: ${show(exception)}`] : [];
  const text = [described("a report", what, createdAt), ...thrown].join("\n");
  return { kind: kindOf(report), text, ...("exception" in report ? { error: exception } : {}) };
}

/** What is told of a task without an exception is that it never ends; of a future, that nobody has read its exception. */
function kindOf(report: ExceptionContext): LeakKind {
  const { future, task } = report;
  if (!("exception" in report)) return task === undefined ? "report" : "task";
  return future === undefined ? "report" : "exception";
}

function described(what: string, name: string, createdAt: string | undefined): string {
  return createdAt === undefined ? `${what}: ${name}` : `${what}: ${name}\ncreated at\n${createdAt}`;
}
