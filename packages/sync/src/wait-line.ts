import { RuntimeError } from "@asyncio-ts/contextvars";
import { getRunningLoop, type Scheduler, type Seconds } from "@asyncio-ts/core";
import { Future, type GeneratorBody, type Outcome, type WaitLimits, waitWithin } from "@asyncio-ts/tasks";

/**
 * A place in a line: a future that is done when the turn of whoever waits at it has come.
 *
 *  state     means                                             left by
 *  waiting   its turn has not come                             wake, cancel, timeout, abort
 *  woken     its turn has come; the task resumes next turn     the task, which leaves the line
 *  gave up   cancelled, or failed by a limit                   the task, which leaves the line
 *
 * A place stays in the line until its task has resumed: that is what gives CPython's order to those behind it.
 */
export class Place extends Future<void> {
  /** @internal Neighbours in the line. */
  before: Place | null = null;
  /** @internal */
  behind: Place | null = null;
  readonly #line: WaitLine;
  #state: "waiting" | "woken" | "gave up" = "waiting";

  /** @internal Made by `WaitLine.enter()`. */
  constructor(line: WaitLine, loop: Scheduler) {
    super({ loop });
    this.#line = line;
  }

  /** Whether its turn has come. */
  get isWoken(): boolean {
    return this.#state === "woken";
  }

  /** Whether it was cancelled or has reached a limit before its turn came. */
  get gaveUp(): boolean {
    return this.#state === "gave up";
  }

  protected override settle(outcome: Outcome<void>): void {
    this.#state = outcome.kind === "returned" ? "woken" : "gave up";
    this.#line.settled(this);
    super.settle(outcome);
  }
}

/**
 * Those who wait for something, first come first served: what all locks and queues stand on.
 *
 * The line decides nothing. Who owns it wakes whom it wants, from the head on, and each leaves when its task resumes. It
 * belongs to the loop of the first that had to wait.
 *
 * Each place is passed by once by those who look for the next to wake, however many are woken or give up in one turn.
 *
 * @see {@link https://github.com/python/cpython/blob/main/Lib/asyncio/locks.py}
 */
export class WaitLine {
  readonly #owner: object;
  #loop: Scheduler | null = null;
  #head: Place | null = null;
  #tail: Place | null = null;
  /** All before it are woken or gave up. */
  #next: Place | null = null;
  /** How many are waiting; and how many are waiting or woken. */
  #waiting = 0;
  #present = 0;

  /** @param owner - What is waited for, for messages. */
  constructor(owner: object) {
    this.#owner = owner;
  }

  /** The loop that it belongs to; `undefined` before anybody had to wait. */
  get loop(): Scheduler | undefined {
    return this.#loop ?? undefined;
  }

  /** How many wait whose turn has not come. */
  get length(): number {
    return this.#waiting;
  }

  /** Whether somebody stands in the line who has not given up. */
  get isOccupied(): boolean {
    return this.#present > 0;
  }

  /**
   * Take the last place.
   *
   * @throws {RuntimeError} No loop is running, or another one than the line belongs to.
   */
  enter(): Place {
    const loop = getRunningLoop();
    this.#loop ??= loop;
    if (loop !== this.#loop) throw new RuntimeError(`${String(this.#owner)} is bound to a different event loop`);
    const place = new Place(this, loop);
    place.before = this.#tail;
    if (this.#tail === null) this.#head = place;
    else this.#tail.behind = place;
    this.#tail = place;
    this.#next ??= place;
    this.#waiting++;
    this.#present++;
    return place;
  }

  /**
   * Wait at `place` until it is woken; then, or when the wait fails, leave the line.
   *
   * @param caller - The name of the function that waits, for the message of a `TimeoutError`.
   * @param began - The time from which the timeout counts, by default now: for those who come back to the line.
   */
  *waitAt(place: Place, caller: string, limits?: WaitLimits, began?: Seconds): GeneratorBody<void> {
    try {
      if (limits === undefined) yield* place;
      else yield* waitWithin(caller, place, limits, began);
    } finally {
      this.leave(place);
    }
  }

  /** Wake the head, unless that is woken already; one that gave up keeps the turn until it has left. */
  wakeHead(): void {
    if (this.#head?.done() === false) this.#head.setResult();
  }

  /** Wake the first whose turn has not come; `false` if there is none. */
  wakeNext(): boolean {
    let place = this.#next;
    while (place?.done()) place = place.behind;
    this.#next = place;
    if (place === null) return false;
    place.setResult();
    return true;
  }

  /** Wake the first `n` whose turn has not come. */
  wake(n: number): void {
    for (let woken = 0; woken < n && this.wakeNext(); ) woken++;
  }

  /** @internal */
  settled(place: Place): void {
    this.#waiting--;
    if (place.gaveUp) this.#present--;
  }

  /** Leave the line; only for those who have waited at `place` by themselves. */
  leave(place: Place): void {
    if (!place.done()) place.cancel(); // the wait has failed, but not by way of its place
    if (place.isWoken) this.#present--;
    if (this.#next === place) this.#next = place.behind;
    if (place.before === null) this.#head = place.behind;
    else place.before.behind = place.behind;
    if (place.behind === null) this.#tail = place.before;
    else place.behind.before = place.before;
    place.before = place.behind = null;
  }
}
