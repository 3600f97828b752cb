import { show } from "@asyncio-ts/contextvars";

/**
 * Which runnables wait, and how long: by the key of each, how many others that are ready run before it.
 *
 * A key says how a runnable came to be ready: "the second thing that was scheduled by the first thing that …". So it
 * names the same step of the same task in another run, though the order there is another one.
 */
export type Schedule = ReadonlyMap<number, number>;

/** How many others that are ready run before the runnable with this key. */
export type Holds = (key: number) => number;

/** Nothing waits: the ordinary order. */
export const ordinary: Holds = () => 0;

/** The holds of a schedule. */
export function holdsOf(schedule: Schedule): Holds {
  return (key) => schedule.get(key) ?? 0;
}

/** How often something waits, and how long at most: seeds differ in that too, for some races need many, some few. */
const rates: readonly number[] = [1 / 32, 1 / 8, 1 / 3, 2 / 3];
const lengths: readonly number[] = [1, 3, 8, 24];

/**
 * The holds that a seed makes up.
 *
 * Each depends on the seed and the key alone, so a run can be repeated without remembering anything.
 */
export function holdsOfSeed(seed: number): Holds {
  const rate = rates[mix(seed, 1) % rates.length] as number;
  const length = lengths[mix(seed, 2) % lengths.length] as number;
  return (key) => (mix(seed, key) / 2 ** 32 < rate ? 1 + (mix(key, seed) % length) : 0);
}

/** Two numbers into one of 32 bits, of which a small change changes all bits. */
export function mix(a: number, b: number): number {
  let bits = Math.imul(a ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(b + 0x7f4a_7c15, 0xc2b2_ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0_aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a_2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}

/** A schedule as a text: `1z141z3+2` for each that waits. */
export function formatSchedule(schedule: Schedule): string {
  return Array.from(schedule, ([key, hold]) => `${key.toString(36)}+${hold}`).join(" ");
}

/** @throws {RangeError} `text` is none. */
export function parseSchedule(text: string): Schedule {
  const words = text.split(" ").filter((word) => word !== "");
  const pairs = words.map((word) => /^([0-9a-z]{1,7})\+([1-9]\d{0,5})$/.exec(word));
  if (pairs.includes(null)) throw new RangeError(`Cannot read the schedule ${show(text)}`);
  return new Map(pairs.map((pair) => [Number.parseInt(pair?.[1] ?? "", 36), Number(pair?.[2])]));
}
