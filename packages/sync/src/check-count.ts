import { show } from "@asyncio-ts/contextvars";

/**
 * Refuse what is not a whole number of at least `least`.
 *
 * @param caller - The name of what was given it, for the message.
 * @param what - What the number is for.
 */
export function checkCount(caller: string, what: string, count: number, least: number): void {
  const message = `${caller}() needs a whole number of at least ${least} as ${what}, not ${show(count)}`;
  if (typeof count !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(count) || count < least) throw new RangeError(message);
}
