import { show } from "@asyncio-ts/contextvars";
import type { ExceptionContext, Timer } from "@asyncio-ts/core";
import { allTasks, type Future } from "@asyncio-ts/tasks";
import { takeNeverAwaited } from "@asyncio-ts/tasks/testing";
import { describePending, type VirtualEventLoop } from "./virtual-event-loop.ts";

/**
 * What a test can leave behind:
 *
 *  task         a task that is pending
 *  timer        a timer that is armed
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
  const timers = loop.armedTimers().filter((timer) => !waitedFor.has(timer));
  return [
    ...tasks.map((task): Leak => {
      return { kind: "task", text: described("a pending task", describePending(task), task.createdAt) };
    }),
    ...timers.map((timer): Leak => {
      return { kind: "timer", text: described("an armed timer", showTimer(timer), createdAt(timer)) };
    }),
    ...takeNeverAwaited(loop).map(({ name, createdAt }): Leak => {
      return { kind: "coroutine", text: described("a coroutine that was never awaited", `${name}()`, createdAt) };
    }),
  ];
}

/** What the exception handler of a loop was told. */
export function leakOf(report: ExceptionContext): Leak {
  const { message, exception, createdAt, future, task, handle } = report;
  const about = task ?? future ?? handle;
  const what = [message, ...(about === undefined ? [] : [String(about)])].join(": ");
  const thrown = "exception" in report ? [`exception: ${show(exception)}`] : [];
  const text = [described("a report", what, createdAt), ...thrown].join("\n");
  return { kind: kindOf(message), text, ...("exception" in report ? { error: exception } : {}) };
}

function kindOf(message: string): LeakKind {
  if (message.endsWith("exception was never retrieved")) return "exception";
  return message === "Task was destroyed but it is pending!" ? "task" : "report";
}

function described(what: string, name: string, createdAt: string | undefined): string {
  return createdAt === undefined ? `${what}: ${name}` : `${what}: ${name}\ncreated at\n${createdAt}`;
}

function showTimer(timer: Timer): string {
  return `${String(timer).split(" created at ")[0]}`.replace(/>?$/, `> due at ${timer.when()} s`);
}

/** A handle and a sleep both know it; other timers need not. */
function createdAt(timer: Timer): string | undefined {
  return (timer as Partial<Pick<Future<unknown>, "createdAt">>).createdAt;
}
