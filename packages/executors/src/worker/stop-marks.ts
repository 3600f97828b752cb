import { openSync, readSync, rmSync, statSync } from "node:fs";
import { slotCount } from "../protocol.ts";
import { now } from "./clock.ts";

/** One slot and one id. */
const recordSize = 8;

/** Which jobs of a process have to stop: by message, and, while a job lets none through, by the pool's file. */
export class StopMarks {
  /** At each slot, the last job there that has to stop, as messages say, … */
  readonly #told = new Map<number, number>();
  /** … and as the file says: the one may be ahead of the other, and must not be overwritten by it. */
  readonly #read = new Map<number, number>();
  #path: string | null = null;
  #file: number | null = null;
  #position = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  readonly #records = new Int32Array(slotCount * 2);
  readonly #now: () => number;

  constructor(clock: () => number = now) {
    this.#now = clock;
  }

  /** @param path - Of the pool's file, which need not be there yet; `null` if there will be none. */
  watch(path: string | null): void {
    this.#path = path;
  }

  /** A message says so. */
  add(slot: number, id: number): void {
    this.#told.set(slot, id | 0);
  }

  /** Whether the job has to stop. @param age - What is known of the file may be so old, in milliseconds. */
  has(slot: number, id: number, age: number): boolean {
    const time = this.#now();
    if (time - this.#lookedAt >= age) {
      this.#lookedAt = time;
      this.#look();
    }
    return this.#told.get(slot) === (id | 0) || this.#read.get(slot) === (id | 0);
  }

  #look(): void {
    try {
      if (this.#file === null) this.#open();
      if (this.#file !== null) this.#readFrom(this.#file);
    } catch {
      // What cannot be read comes as a message as well.
    }
  }

  /** Removed at once, if that is allowed: then it is gone whatever becomes of the pool. */
  #open(): void {
    const path = this.#path;
    if (path === null || statSync(path, { throwIfNoEntry: false }) === undefined) return;
    this.#file = openSync(path, "r");
    try {
      rmSync(path, { force: true });
    } catch {
      // The pool removes it in the end.
    }
  }

  #readFrom(file: number): void {
    const bytes = new Uint8Array(this.#records.buffer);
    for (;;) {
      const count = Math.floor(readSync(file, bytes, 0, bytes.length, this.#position) / recordSize);
      for (let i = 0; i < count; i++) {
        this.#read.set(this.#records[2 * i] as number, this.#records[2 * i + 1] as number);
      }
      this.#position += count * recordSize;
      if (count < slotCount) return;
    }
  }
}
