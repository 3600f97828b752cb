/**
 * Those who wait for a place in the queue, first come first served.
 *
 * Whoever is let in has not submitted yet, so the place is kept, until somebody submits or the event loop has turned: one
 * who has been cancelled meanwhile does not come, and the next gets it.
 */
export class RoomLine {
  /** How many places nobody has. */
  readonly #free: () => number;
  #line: (() => void)[] = [];
  #kept = 0;
  #isLapsing = false;

  constructor(free: () => number) {
    this.#free = free;
  }

  /** Wait for a place. */
  wait(): Promise<void> {
    if (this.#free() === Number.POSITIVE_INFINITY) return Promise.resolve();
    return new Promise((resolve) => {
      this.#line.push(resolve);
      this.open();
    });
  }

  /** A place was taken. */
  take(): void {
    if (this.#kept > 0) this.#kept--;
  }

  /** Places may have become free. */
  open(): void {
    if (this.#line.length === 0) return;
    const places = Math.max(this.#free() - this.#kept, 0);
    for (const enter of this.#line.splice(0, places)) {
      this.#kept++;
      enter();
    }
    if (this.#kept > 0) this.#lapseSoon();
  }

  /** Let everybody in. */
  openAll(): void {
    for (const enter of this.#line.splice(0)) enter();
  }

  #lapseSoon(): void {
    if (this.#isLapsing) return;
    this.#isLapsing = true;
    setImmediate(() => {
      this.#isLapsing = false;
      this.#kept = 0;
      this.open();
    });
  }
}
