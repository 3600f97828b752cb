import { type Context, currentFrame, runInFrame } from "@asyncio-ts/contextvars";
import type { Handle } from "./handle.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * What is known about an exception that nobody can catch; whoever reports one may add more.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_exception_handler}
 */
export interface ExceptionContext {
  /** What happened, in one sentence. */
  readonly message: string;
  /** What was thrown: any value, also `undefined`. */
  readonly exception?: unknown;
  /** The future concerned; if that is gone, something that shows as it did. */
  readonly future?: object;
  /** The task concerned. */
  readonly task?: object;
  /** The handle whose callback has thrown. */
  readonly handle?: Handle;
  /** Where the thing concerned was made; only in debug mode. */
  readonly createdAt?: string | undefined;
  /** What a handler was given that failed itself. */
  readonly context?: ExceptionContext;
  readonly [detail: string]: unknown;
}

/**
 * Print what is known about an exception that nobody could catch, with its stack and its cause.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.default_exception_handler}
 *
 * @example
 * printException({ message: "The page could not be fetched", exception: new Error("timeout"), url: "/home" });
 */
export function printException(context: ExceptionContext): void {
  const { message, exception, context: handled, ...details } = context;
  const lines = [message];
  for (const [key, value] of Object.entries(details)) {
    if (value !== undefined)
      lines.push(key === "createdAt" ? `created at:\n${String(value)}` : `${key}: ${String(value)}`);
  }
  if ("exception" in context) console.error(lines.join("\n"), exception);
  else console.error(lines.join("\n"));
  if (handled !== undefined) printException(handled);
}

/**
 * Takes the place of the printing of exceptions that nobody can catch.
 *
 * It is called in the context of the task, future or handle that failed. What it throws itself is printed.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.set_exception_handler}
 */
export type ExceptionHandler<Loop = Scheduler> = (loop: Loop, context: ExceptionContext) => void;

/** A loop that says what to do where no handler is set. */
interface Reporting {
  defaultExceptionHandler(context: ExceptionContext): void;
}

/** Brings what nobody can catch to the handler of a loop; never throws. */
export class ExceptionReporter {
  handler: ExceptionHandler<never> | null = null;
  readonly #loop: Reporting;

  constructor(loop: Reporting) {
    this.#loop = loop;
  }

  /** Call the handler, in the context of what failed; where it fails itself, the default one. */
  report(context: ExceptionContext): void {
    const handler = this.handler as ExceptionHandler<Reporting> | null;
    if (handler === null) return this.#reportByDefault(context);
    try {
      const failed = contextOfFailed(context);
      if (failed === null) handler(this.#loop, context);
      else runInFrame({ context: failed, owner: currentFrame()?.owner ?? null }, () => handler(this.#loop, context));
    } catch (exception) {
      this.#reportByDefault({ message: "Unhandled error in exception handler", exception, context });
    }
  }

  #reportByDefault(context: ExceptionContext): void {
    try {
      this.#loop.defaultExceptionHandler(context);
    } catch (error) {
      console.error("Exception in default exception handler while handling", context?.message, error);
    }
  }
}

function contextOfFailed(context: ExceptionContext): Context | null {
  const thing = (context.task ?? context.future ?? context.handle) as { getContext?(): Context } | undefined;
  return thing?.getContext?.() ?? null;
}
