const { hrtime } = process;

/**
 * The time in milliseconds, from some point on.
 *
 * Not `performance.now()`, for which a thread would load eleven modules of Node.
 */
export function now(): number {
  const [seconds, nanoseconds] = hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
