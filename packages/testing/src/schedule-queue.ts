import type { Runnable, RunnableQueue, Seconds, Timer } from "@asyncio-ts/core";
import { type Holds, mix } from "./schedule.ts";

/** Timers whose deadlines are closer than this are due at the same time, for the loop as well. */
const resolution: Seconds = 1e-9;

/** Something that was ready and has let others go first. */
export interface Deviation {
  readonly key: number;
  /** For how many others it was to wait. */
  readonly hold: number;
  /** What has waited. */
  readonly held: Runnable;
}

/** Told of each deviation when it begins and when something passes it. */
export interface ScheduleObserver {
  begins(deviation: Deviation): void;
  isPassed(deviation: Deviation, by: Runnable): void;
}

interface Entry {
  readonly runnable: Runnable;
  readonly key: number;
  /** What has made it ready. Things of one line keep their order. */
  readonly line: number;
  /** Of a timer: when it was due. */
  readonly due: Seconds | null;
  /** The pick from which on it may run; `null` until it was its turn for the first time. */
  until: number | null;
  deviation: Deviation | null;
}

/**
 * A ready queue that gives things out in another legal order than that in which they came.
 *
 * Legal is every order in which
 *  - what one step has made ready runs in the order in which that step has scheduled it (a *line*);
 *  - timers run in the order of their deadlines; those of one deadline in any order;
 *  - nothing waits for ever.
 *
 * The order is made by *holds*. When a runnable comes to the front for the first time, it runs, or is held until so many
 * others have run; if all are held, the first one runs. With the right holds each legal order can be made, and the
 * fewer there are, the closer is the order to the ordinary one.
 */
export class ScheduleQueue implements RunnableQueue {
  /** Everything that has waited, in the order in which it began to. */
  readonly deviations: Deviation[] = [];
  /** A number for the order of all things that have run. */
  fingerprint = 0;
  /** How often there was anything to choose from. */
  choices = 0;
  readonly #holds: Holds;
  readonly #observer: ScheduleObserver | null;
  readonly #entries: Entry[] = [];
  /** How many are waiting in each line. */
  readonly #lines = new Map<number, number>();
  /** How many timers of each deadline have become due. */
  readonly #due = new Map<Seconds, number>();
  readonly #held = new Set<Deviation>();
  #picks = 0;
  #timers = 0;
  #running = 0;
  #children = 0;

  constructor(holds: Holds, observer: ScheduleObserver | null = null) {
    this.#holds = holds;
    this.#observer = observer;
  }

  /** How many things have run. */
  get picks(): number {
    return this.#picks;
  }

  get length(): number {
    return this.#entries.length;
  }

  push(runnable: Runnable): void {
    const due = isTimer(runnable) ? runnable.when() : null;
    const key = due === null ? mix(this.#running, ++this.#children) : mix(hashOf(due), -this.#countOf(due));
    const line = due === null ? this.#picks : -++this.#timers;
    this.#lines.set(line, (this.#lines.get(line) ?? 0) + 1);
    this.#entries.push({ runnable, key, line, due, until: null, deviation: null });
  }

  shift(): Runnable {
    this.#picks++;
    const index = this.#entries.length === 1 ? 0 : this.#choose();
    return this.#begin(this.#remove(index));
  }

  clear(): Runnable[] {
    this.#lines.clear();
    this.#held.clear();
    return this.#entries.splice(0).map(({ runnable }) => runnable);
  }

  shrink(): void {}

  /** The first that may run and is not held; if all are held, the first of those. */
  #choose(): number {
    const isChoice = this.#lines.size > 1;
    if (isChoice) this.choices++;
    let blocked: Set<number> | null = null;
    let firstHeld = -1;
    let firstDue = Number.POSITIVE_INFINITY;
    for (let index = 0; index < this.#entries.length; index++) {
      const entry = this.#entries[index] as Entry;
      if (blocked?.has(entry.line)) continue;
      if (entry.due !== null) {
        firstDue = Math.min(firstDue, entry.due);
        if (entry.due > firstDue + resolution) continue;
      }
      entry.until ??= this.#picks + (isChoice ? this.#hold(entry) : 0);
      if (entry.until <= this.#picks) return index;
      blocked ??= new Set();
      blocked.add(entry.line);
      if (firstHeld < 0) firstHeld = index;
    }
    return firstHeld;
  }

  #hold(entry: Entry): number {
    const hold = this.#holds(entry.key);
    if (hold === 0) return 0;
    const deviation: Deviation = { key: entry.key, hold, held: entry.runnable };
    entry.deviation = deviation;
    this.deviations.push(deviation);
    this.#held.add(deviation);
    this.#observer?.begins(deviation);
    return hold;
  }

  #remove(index: number): Entry {
    const [entry] = index === 0 ? [this.#entries.shift()] : this.#entries.splice(index, 1);
    const { line, deviation } = entry as Entry;
    const left = (this.#lines.get(line) as number) - 1;
    if (left === 0) this.#lines.delete(line);
    else this.#lines.set(line, left);
    if (deviation !== null) this.#held.delete(deviation);
    return entry as Entry;
  }

  #begin({ runnable, key }: Entry): Runnable {
    this.#running = key;
    this.#children = 0;
    this.fingerprint = mix(this.fingerprint, key);
    if (this.#observer !== null) for (const deviation of this.#held) this.#observer.isPassed(deviation, runnable);
    return runnable;
  }

  /** How many timers of this deadline have become due before, in this turn or an earlier one. */
  #countOf(due: Seconds): number {
    const count = this.#due.get(due) ?? 0;
    this.#due.set(due, count + 1);
    return count;
  }
}

/** The loop schedules timers when they are due, and nobody else does. */
function isTimer(runnable: Runnable): runnable is Timer {
  return typeof (runnable as Partial<Timer>).when === "function";
}

const bytes = new DataView(new ArrayBuffer(8));

function hashOf(seconds: Seconds): number {
  bytes.setFloat64(0, seconds);
  return mix(bytes.getInt32(0), bytes.getInt32(4));
}
