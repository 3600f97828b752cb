import { brand, show } from "@asyncio-ts/contextvars";
import type { Leak } from "./leaks.ts";

/**
 * A test has come to its end, but has left something behind.
 *
 * The message lists all of it; in debug mode with where each was made. The first error among it is the `cause`.
 */
export class LeakError extends Error {
  static {
    brand(this, "asyncio-ts.testing.LeakError");
  }

  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    const first = leaks.find((leak) => leak.error !== undefined);
    super(
      ["The test has left something behind", ...leaks.map(({ text }) => indented(text))].join("\n"),
      first === undefined ? {} : { cause: first.error },
    );
    this.leaks = leaks;
  }
}

/**
 * A test took more virtual time than it may, or more turns at one moment of it.
 *
 * The message names each pending task and what it waits on.
 */
export class TestTimeoutError extends Error {
  static {
    brand(this, "asyncio-ts.testing.TestTimeoutError");
  }

  /**
   * @param taken - What it took too much of.
   * @param pending - The pending tasks, a text for each.
   */
  constructor(taken: string, pending: readonly string[]) {
    super([`The test took ${taken}; tasks pending: ${pending.length}`, ...pending.map(indented)].join("\n"));
  }
}

/** What a `ScheduleError` tells. */
export interface ScheduleFailure {
  /** What the body fails with under the shortest schedule. */
  readonly cause: unknown;
  /** The seed of the run that has failed; `null` for a replay. */
  readonly seed: number | null;
  /** The shortest schedule that was found, for the option `replay`. */
  readonly replay: string;
  /** What is out of order in it, a text for each. */
  readonly deviations: readonly string[];
  /** How many runs there were until one failed, the ordinary one included. */
  readonly runs: number;
}

/**
 * A body fails if things happen in an order that is legal, but is not the ordinary one.
 *
 * The message tells what has to be out of order for that, and how to run that order again. What the body fails with is
 * the `cause`.
 */
export class ScheduleError extends Error {
  static {
    brand(this, "asyncio-ts.testing.ScheduleError");
  }

  /** The seed of the run that has failed: `{ seed, runs: 1 }` repeats it. `null` for a replay. */
  readonly seed: number | null;
  /** The shortest schedule that was found: `{ replay }` repeats it. */
  readonly replay: string;
  /** What is out of order in that schedule, a text for each. */
  readonly deviations: readonly string[];

  constructor(failure: ScheduleFailure) {
    const { cause, seed, replay, deviations } = failure;
    super([`The body fails in a legal order of events: ${firstLine(cause)}`, ...story(failure)].join("\n"), { cause });
    this.seed = seed;
    this.replay = replay;
    this.deviations = deviations;
  }
}

function story({ seed, replay, deviations, runs }: ScheduleFailure): string[] {
  const again = `explore(body, { replay: ${JSON.stringify(replay)} })`;
  const count = deviations.length === 1 ? "one deviation" : `${deviations.length} deviations`;
  const found = `In the ordinary order it passes. Run ${runs} has failed; ${count} from that order will do:`;
  return [
    seed === null ? "What is out of order in this replay:" : found,
    ...deviations.map((deviation, index) => indented(`${index + 1}. ${deviation}`)),
    seed === null ? "" : `To run it again: ${again}; as it was found: explore(body, { seed: ${seed}, runs: 1 })`,
  ].filter((line) => line !== "");
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : show(error)).split("\n")[0] as string;
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}
