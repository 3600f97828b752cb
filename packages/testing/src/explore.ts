import { show } from "@asyncio-ts/contextvars";
import { ScheduleError } from "./errors.ts";
import { Narrator } from "./narrator.ts";
import { checkTest, perform, type RunTestOptions, type TestBody } from "./run-test.ts";
import {
  formatSchedule,
  type Holds,
  holdsOf,
  holdsOfSeed,
  ordinary,
  parseSchedule,
  type Schedule,
} from "./schedule.ts";
import { ScheduleQueue } from "./schedule-queue.ts";
import { shrink } from "./shrink.ts";

/** How many seeds after one that has failed are tried, to see whether they need less for it. */
const seedsCompared = 200;

/** How many of the schedules that have failed are shrunk. */
const schedulesShrunk = 5;

/** Real milliseconds after which no more seeds are tried for that, and no more is shrunk: the failure is to be told soon. */
const comparedFor = 1_000;
const shrunkFor = 2_000;

/** What is explored. */
export interface ExploreOptions extends RunTestOptions {
  /** How many orders are tried after the ordinary one; by default 1,000. */
  readonly runs?: number | undefined;
  /** An integer, the seed of the first of them, by default 1; those that follow have the seeds that follow. */
  readonly seed?: number | undefined;
  /** Run the one order that a `ScheduleError` has named, and no other. */
  readonly replay?: string | undefined;
}

/** What was explored, if nothing has failed. */
export interface Exploration {
  /** How many runs there were, the ordinary one included. */
  readonly runs: number;
  /** How many different orders they took. */
  readonly orders: number;
}

/**
 * Run `body` again and again, as `runTest` does, each time in another legal order of events, until it fails.
 *
 * An order is legal if another event loop, or slightly other timing, could bring it about: what one step has made ready
 * keeps its order, and timers run by their deadlines; but who else is ready goes first or last, and the timers of one
 * deadline run in any order. No time passes while anything can run. A body that passes in the ordinary order only has a
 * race.
 *
 * The first run is in the ordinary order, and what it fails with is thrown as it is. A failure after that is repeated
 * with fewer and fewer deviations from the ordinary order, until none of them can be left out; these are told, and how to
 * repeat them. That takes three seconds at most: where a run takes long, some are told that could be left out.
 *
 * The body is called for each run, so it must make all that it uses anew. The same seed and the same body take the same
 * course. A body that depends on the outside, as on the real time or on random numbers, cannot be explored.
 *
 * @param options - `debug` is off by default here; the run that is told of is in debug mode. `turns` is, after the
 *   ordinary run, a hundred times what that has needed, and ten thousand.
 *
 * ## Cancellation
 * The promise that is returned cannot be cancelled.
 *
 * @throws {ScheduleError} The body fails in a legal order.
 * @throws {TypeError} `body` is not a function, or an option is of the wrong type.
 * @throws {RangeError} An option is out of range, or `replay` is no schedule.
 * @throws What `runTest` throws in the ordinary order.
 *
 * @example
 * const error = await explore(async () => {
 *   let balance = 100;
 *   const withdraw = async (amount: number, turns: number) => {
 *     for (let i = 0; i < turns; i++) await sleep(0); // it is a long way to the counter
 *     if (balance < amount) return;
 *     await sleep(0); // the race: whoever comes now sees the old balance
 *     balance -= amount;
 *   };
 *   await gather([() => withdraw(80, 1), () => withdraw(80, 4)]);
 *   if (balance < 0) throw new Error(`The balance is ${balance}`);
 * }).catch((error) => error);
 * error.cause.message // => "The balance is -60"
 * error.deviations.length // => 1
 */
export async function explore(body: TestBody<unknown>, options: ExploreOptions = {}): Promise<Exploration> {
  const { runs = 1_000, seed = 1, replay } = options;
  checkTest("explore", body, options);
  checkInteger("runs", runs);
  checkInteger("seed", seed);
  const explorer = new Explorer(body, options);
  if (replay !== undefined) return await explorer.replay(parseSchedule(checkText(replay)));
  return await explorer.explore(seed, runs);
}

/** How a run went. */
interface Attempt {
  readonly failure: { readonly error: unknown } | null;
  /** What was out of order. */
  readonly schedule: Schedule;
  readonly queue: ScheduleQueue;
}

class Explorer {
  readonly #body: TestBody<unknown>;
  readonly #options: RunTestOptions;
  readonly #orders = new Set<number>();
  /** How many turns a run may take at one moment; no limit of its own before the ordinary run is known. */
  #turns: number | undefined;
  #runs = 0;

  constructor(body: TestBody<unknown>, options: RunTestOptions) {
    this.#body = body;
    this.#options = options;
    this.#turns = options.turns;
  }

  async explore(firstSeed: number, runs: number): Promise<Exploration> {
    const { failure, queue } = await this.#run(ordinary);
    if (failure !== null) throw failure.error;
    // No other order takes so many more steps, unless it goes round for ever, and that should not take long to tell.
    this.#turns ??= 10_000 + 100 * queue.picks;
    // Where there is never anything to choose from, all orders are the same.
    for (let seed = firstSeed; queue.choices > 0 && seed < firstSeed + runs; seed++) {
      const attempt = await this.#run(holdsOfSeed(seed));
      if (attempt.failure !== null) throw await this.#explain(attempt, attempt.failure.error, seed);
    }
    return { runs: this.#runs, orders: this.#orders.size };
  }

  async replay(schedule: Schedule): Promise<Exploration> {
    const { failure, deviations } = await this.#narrate(schedule);
    if (failure !== null) throw this.#errorOf(schedule, failure.error, deviations, null);
    return { runs: this.#runs, orders: this.#orders.size };
  }

  async #explain(found: Attempt, error: unknown, seed: number): Promise<ScheduleError> {
    const runs = this.#runs;
    const shortest = await this.#shortest(await this.#similar(found, error, seed), error);
    const { failure, deviations } = await this.#narrate(shortest);
    this.#runs = runs;
    return this.#errorOf(shortest, failure?.error ?? error, deviations, seed);
  }

  /** Schedules that fail alike: what they need for it differs, so the shortest of all is not always in the first. */
  async #similar(found: Attempt, error: unknown, seed: number): Promise<Schedule[]> {
    const similar = [found.schedule];
    const end = performance.now() + comparedFor;
    for (let next = seed + 1; next <= seed + seedsCompared && performance.now() < end; next++) {
      const { failure, schedule } = await this.#run(holdsOfSeed(next));
      if (failure !== null && isAlike(failure.error, error)) similar.push(schedule);
    }
    return similar.sort((a, b) => a.size - b.size).slice(0, schedulesShrunk);
  }

  async #shortest(schedules: readonly Schedule[], error: unknown): Promise<Schedule> {
    const fails = async (schedule: Schedule): Promise<boolean> => {
      const { failure } = await this.#run(holdsOf(schedule));
      return failure !== null && isAlike(failure.error, error);
    };
    const end = performance.now() + shrunkFor;
    const isOver = (): boolean => performance.now() >= end;
    const shrunk: Schedule[] = [];
    for (const schedule of schedules) shrunk.push(await shrink(schedule, fails, isOver));
    return shrunk.reduce((best, each) => (each.size < best.size ? each : best));
  }

  async #narrate(schedule: Schedule): Promise<{ failure: Attempt["failure"]; deviations: string[] }> {
    const narrator = new Narrator();
    const { failure } = await this.#run(holdsOf(schedule), narrator);
    return { failure, deviations: narrator.tell() };
  }

  #errorOf(schedule: Schedule, cause: unknown, deviations: string[], seed: number | null): ScheduleError {
    return new ScheduleError({ cause, seed, replay: formatSchedule(schedule), deviations, runs: this.#runs });
  }

  async #run(holds: Holds, narrator: Narrator | null = null): Promise<Attempt> {
    const queue = new ScheduleQueue(holds, narrator);
    const { debug = narrator !== null } = this.#options;
    const body: TestBody<unknown> = (loop) => {
      narrator?.watch(loop);
      return this.#body(loop);
    };
    Object.defineProperty(body, "name", { value: this.#body.name });
    let failure: Attempt["failure"] = null;
    try {
      await perform(body, { ...this.#options, debug, turns: this.#turns, readyQueue: queue }, () => {});
    } catch (error) {
      failure = { error };
    }
    this.#runs++;
    this.#orders.add(queue.fingerprint);
    return { failure, queue, schedule: new Map(queue.deviations.map(({ key, hold }) => [key, hold])) };
  }
}

/** While a schedule gets shorter, it must not turn to another mistake. */
function isAlike(error: unknown, other: unknown): boolean {
  if (error instanceof Error && other instanceof Error) return error.name === other.name;
  return typeof error === typeof other;
}

function checkInteger(name: string, value: unknown): void {
  if (typeof value !== "number") throw new TypeError(`explore() needs a number as option ${name}, not ${show(value)}`);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`explore() cannot use ${show(value)} as ${name}`);
}

function checkText(replay: unknown): string {
  if (typeof replay === "string") return replay;
  throw new TypeError(`explore() needs the text of a ScheduleError as option replay, not ${show(replay)}`);
}
