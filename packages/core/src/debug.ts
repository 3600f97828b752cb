/** How many frames a captured stack holds, as in CPython. */
const stackDepth = 10;

const variable = "ASYNCIO_DEBUG";

/**
 * The stack of the caller, innermost frame first, without frames of this project's own files; `undefined` if no
 * other frame is on it.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/format_helpers.py}
 *
 * @example
 * captureStack()?.split("\n")[0] // the line that has called the library
 */
export function captureStack(): string | undefined {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = stackDepth + ownFramesAtMost;
  const holder: { stack?: string } = {};
  try {
    if (typeof Error.captureStackTrace === "function") Error.captureStackTrace(holder, captureStack);
    else holder.stack = String(new Error().stack);
  } finally {
    Error.stackTraceLimit = limit;
  }
  return withoutOwnFrames(holder.stack ?? "");
}

const ownFramesAtMost = 12;

/** Frames of this project where it is installed, of Node's own modules, and of the machinery of generators. */
const machinery = /[\\/]@asyncio-ts[\\/]\w+[\\/]|\(?node:|\.next \(<anonymous>\)$/;

/** Where the packages of this project lie beside each other, as in its repository; bundlers may leave no URL to tell. */
const packages = URL.canParse("../../", import.meta.url)
  ? decodeURI(new URL("../../", import.meta.url).pathname)
  : null;
const source = /^(?!asyncio-ts)[\w-]+[\\/](?:src|dist)[\\/](?!.*\.test\.)/;

function isOwn(frame: string): boolean {
  if (machinery.test(frame)) return true;
  if (packages === null) return false;
  const at = frame.indexOf(packages);
  return at >= 0 && source.test(frame.slice(at + packages.length));
}

function withoutOwnFrames(stack: string): string | undefined {
  const frames = stack.split("\n").filter((line) => /^\s+at |@/.test(line));
  const foreign = frames.filter((line) => !isOwn(line));
  return foreign.length > 0 ? foreign.slice(0, stackDepth).join("\n") : undefined;
}

/**
 * Whether debug mode is on unless a loop says otherwise: the environment variable `ASYNCIO_DEBUG` is neither empty nor
 * `0`.
 *
 * On Deno it counts for a program that may read it (`--allow-env`); nobody is asked for the permission.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-dev.html#debug-mode}
 *
 * @example
 * new BaseEventLoop(new VirtualHost()).getDebug() === debugByDefault() // => true
 */
export function debugByDefault(): boolean {
  const { process, Deno } = globalThis as Surroundings;
  const permission = Deno?.permissions.querySync({ name: "env", variable });
  if (permission !== undefined && permission.state !== "granted") return false;
  const value = process?.env?.[variable];
  return value !== undefined && value !== "" && value !== "0";
}

interface Surroundings {
  readonly process?: { readonly env?: Readonly<Record<string, string>> };
  readonly Deno?: {
    readonly permissions: {
      querySync(permission: { readonly name: "env"; readonly variable: string }): { readonly state: string };
    };
  };
}
