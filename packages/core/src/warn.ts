interface ProcessLike {
  emitWarning?(message: string, type: string): void;
}

/**
 * Warn the user of something that is not an error yet.
 *
 * Goes the way of the platform's own warnings (`process.on("warning")`, `--trace-warnings`), else to the console.
 *
 * @param category - As Python calls it: `RuntimeWarning`, `ResourceWarning`.
 *
 * @see {@link https://docs.python.org/3/library/warnings.html#warnings.warn}
 *
 * @example
 * warn("The server was never closed", "ResourceWarning");
 */
export function warn(message: string, category: string): void {
  const process = (globalThis as { process?: ProcessLike }).process;
  if (typeof process?.emitWarning === "function") process.emitWarning(message, category);
  else console.warn(`${category}: ${message}`);
}
