import {
  BrokenBarrierError,
  CancelledError,
  ExceptionGroup,
  InvalidStateError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  RuntimeError,
  TimeoutError,
} from "asyncio-ts";

/** The errors that a program raises itself. */
export class E1 extends Error {
  override readonly name = "E1";
}

export class E2 extends Error {
  override readonly name = "E2";
}

type ErrorKind = abstract new (...args: never[]) => unknown;

/** Python's names of errors, and what they are here. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  E1,
  E2,
  CancelledError,
  InvalidStateError,
  RuntimeError,
  TimeoutError,
  BrokenBarrierError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  ValueError: RangeError,
  ExceptionGroup,
};

/** An error of the kind that Python calls `type`. */
export function makeError(type: string, message: string): unknown {
  const kind = kinds[type] ?? Error;
  return new (kind as new (message: string) => unknown)(message);
}

/** Whether `except` with these names catches `error`. */
export function isCaughtBy(names: readonly string[], error: unknown): boolean {
  return names.some((name) => isOfKind(name, error));
}

function isOfKind(name: string, error: unknown): boolean {
  if (name === "BaseException") return true;
  if (name === "Exception") return !(error instanceof CancelledError);
  const kind = kinds[name];
  return kind !== undefined && error instanceof kind;
}

/** As a trace shows an error; only those that a program gives a message show one. */
export function showError(error: Error, show: (value: unknown) => string): string {
  if (error instanceof ExceptionGroup) return `ExceptionGroup[${error.errors.map(show).join(", ")}]`;
  if (error instanceof CancelledError) return `CancelledError(${error.reason ?? ""})`;
  const message = error instanceof E1 || error instanceof E2 ? error.message : "";
  return `${pythonNames[error.name] ?? error.name}(${message})`;
}

const pythonNames: Readonly<Record<string, string>> = { RangeError: "ValueError", Error: "Exception" };
