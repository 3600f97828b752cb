import type { Handle } from "./handle.ts";

/** What is known about an exception that nobody can catch. */
export interface ExceptionContext {
  /** What happened, in one sentence. */
  readonly message: string;
  readonly exception?: unknown;
  /** The future or task concerned. */
  readonly future?: object;
  readonly task?: object;
  readonly handle?: Handle;
  /** Where the thing concerned was made; only in debug mode. */
  readonly createdAt?: string | undefined;
  /** What a handler was given that failed itself. */
  readonly context?: ExceptionContext;
  readonly [detail: string]: unknown;
}

/** Print what is known about an exception that nobody could catch, with its cause. */
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
