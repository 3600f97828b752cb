/**
 * How long a call is expected to take, after one that took `duration`; all in milliseconds.
 *
 * One that was long may be so again: that is believed at once, and forgotten slowly.
 *
 * @param expected - What was expected before; infinite before the first call.
 */
export function revised(expected: number, duration: number): number {
  if (duration > expected || expected === Number.POSITIVE_INFINITY) return duration;
  return expected * 0.75 + duration * 0.25;
}
