import { show } from "@asyncio-ts/contextvars";

/** Of the parts of a group, so many are shown; whoever needs all of them has `errors`. */
const partsShown = 15;

/** A group may be a part, or the cause of a part, of itself. */
const beingShown = new Set<AggregateError>();

/**
 * The text of a group of errors: its own lines, then each of its parts, and its cause, set in below.
 *
 * @param frames - Where the group was made.
 * @param print - Shows what is set in.
 */
export function layOut(group: AggregateError, frames: string, print: (part: unknown) => string): string {
  const head = `${group.name}: ${group.message}`;
  if (beingShown.has(group)) return `[circular ${head}]`;
  beingShown.add(group);
  try {
    const { errors } = group;
    const shown = errors.slice(0, partsShown).map((part, n) => setIn(`[${n + 1} of ${errors.length}] ${print(part)}`));
    if (errors.length > partsShown) shown.push(setIn(`and ${errors.length - partsShown} more`));
    if ("cause" in group) shown.push(setIn(`[cause] ${print(group.cause)}`));
    return `${head}${frames}${shown.join("")}`;
  } finally {
    beingShown.delete(group);
  }
}

/** A part as text alone: its stack, and where that does not name the error, as in Firefox and Safari, its name before it. */
export function printPart(part: unknown): string {
  const { stack, message } = (part ?? {}) as { stack?: unknown; message?: unknown };
  if (typeof stack !== "string") return show(part);
  const isNamed = message === "" ? !stack.split("\n", 1)[0]?.includes("@") : stack.includes(String(message));
  return isNamed ? stack : `${show(part)}\n${stack}`;
}

/**
 * The frames of the code that makes `error`, each in a line of its own; found when they are asked for.
 *
 * @param madeBy - The constructor, which is left out of them.
 */
export function framesOf(error: Error, madeBy: (...args: never[]) => unknown): () => string {
  if (typeof Error.captureStackTrace !== "function") {
    const stack = String(error.stack ?? "");
    return () => `\n${stack}`;
  }
  const trace: { stack?: unknown } = {};
  Error.captureStackTrace(trace, madeBy);
  return () => {
    const stack = String(trace.stack);
    const firstFrame = stack.indexOf("\n");
    return firstFrame < 0 ? "" : stack.slice(firstFrame);
  };
}

function setIn(text: string): string {
  return `\n${text}`.replaceAll("\n", "\n  ");
}
