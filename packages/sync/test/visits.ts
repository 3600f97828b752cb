import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { CancelledError, createTask, sleep, type Task, TimeoutError, type WaitLimits } from "@asyncio-ts/tasks";
import { engines, liveTimers, runVirtual } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";

/** One who visits what is tested, and what befalls him. A tick is mostly a turn. */
export interface Visitor {
  /** The ticks at which he is cancelled, and at which his signal is aborted. */
  readonly cancels: readonly number[];
  readonly abort: number | null;
  readonly timeout: number | null;
  /** How many turns he takes to arrive, and to leave. */
  readonly arrival: number;
  readonly stay: number;
  /** Chooses among what a visitor may do. */
  readonly choice: number;
}

/** The visitors of one run, and how much time passes in each tick, in seconds: 0 is one turn. */
export interface Visits {
  readonly engine: string;
  /** Whether they are disturbed at the beginning of a turn, before those run who were woken in the last one, or at its end. */
  readonly isDisturbedFirst: boolean;
  readonly visitors: readonly Visitor[];
  readonly ticks: readonly number[];
}

const tick = fc.nat(15);

/** Mostly nothing: only who is left alone for long enough shows that he was forgotten. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const visitor: fc.Arbitrary<Visitor> = fc.record({
  cancels: fc.array(tick, { maxLength: 2 }),
  abort: seldom(tick),
  timeout: seldom(fc.constantFrom(0, 1, 2)),
  arrival: fc.nat(4),
  stay: fc.nat(3),
  choice: fc.nat(100),
});

export const visits: fc.Arbitrary<Visits> = fc.record({
  engine: fc.constantFrom(...Object.keys(engines)),
  isDisturbedFirst: fc.boolean(),
  visitors: fc.array(visitor, { maxLength: 10 }),
  ticks: fc.array(fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1), { minLength: 16, maxLength: 16 }),
});

/** What is to happen in a run. */
export interface Plan {
  /** The visit of one: a script, that ends as the visitor has to. */
  visit(visitor: Visitor, limits: WaitLimits | undefined): Generator<unknown, void, unknown>;
  /** What somebody else does at each tick. */
  disturb?(tick: number): void;
  /** Helps those who would wait for ever, when nothing else happens any more. */
  help?(): Generator<unknown, void, unknown>;
}

/**
 * Run all visits in virtual time, and disturb them.
 *
 * Each must end, as it may: by itself, or by what has befallen the visitor. No timer and no listener may stay.
 */
export async function runVisits({ engine, isDisturbedFirst, visitors, ticks }: Visits, plan: Plan): Promise<void> {
  const body = (engines[engine] as (typeof engines)[string])();
  await runVirtual(function* (loop) {
    loop.setExceptionHandler(() => {}); // visits that fail are looked at below
    const runs: Visit[] = [];
    function* disturb() {
      for (const [number, seconds] of ticks.entries()) {
        for (const run of runs) run.disturb(number);
        plan.disturb?.(number);
        yield* sleep(seconds);
      }
    }
    const first = isDisturbedFirst ? createTask(disturb) : null;
    for (const each of visitors)
      runs.push(new Visit(each, (limits) => createTask(body(() => plan.visit(each, limits)))));
    yield* first ?? createTask(disturb);
    yield* sleep(100);
    if (plan.help !== undefined) yield* createTask(body(plan.help.bind(plan)));
    yield* sleep(100);
    for (const run of runs) run.expectEnd();
    assert.equal(liveTimers(loop), 0);
  });
}

class Visit {
  readonly #visitor: Visitor;
  readonly #controller: AbortController | null;
  readonly #task: Task<void>;

  constructor(visitor: Visitor, begin: (limits: WaitLimits | undefined) => Task<void>) {
    this.#visitor = visitor;
    this.#controller = visitor.abort === null ? null : new AbortController();
    const isLimited = visitor.timeout !== null || visitor.abort !== null;
    this.#task = begin(isLimited ? { timeout: visitor.timeout, signal: this.#controller?.signal } : undefined);
  }

  disturb(tick: number): void {
    if (this.#visitor.cancels.includes(tick)) this.#task.cancel();
    if (this.#visitor.abort === tick) this.#controller?.abort(this);
  }

  expectEnd(): void {
    assert(this.#task.done(), "somebody waits for ever");
    const error = this.#task.failure()?.error;
    if (error instanceof CancelledError) assert(this.#visitor.cancels.length > 0);
    else if (error instanceof TimeoutError) assert(this.#visitor.timeout !== null);
    else if (error !== this) assert.ifError(error);
    if (this.#controller !== null) assert.deepEqual(getEventListeners(this.#controller.signal, "abort"), []);
  }
}
