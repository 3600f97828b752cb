import { openSync, readSync, rmSync, statSync } from "node:fs";
import { slotCount } from "../protocol.ts";
import { now } from "./clock.ts";

/** The pool's file is looked at so often at most, in milliseconds. */
const interval = 1;

/** One slot and one id. */
const recordSize = 8;

/** Which jobs of a process have to stop: by message, and, while a job lets none through, by the pool's file. */
export class StopMarks {
  /** At each slot, the last job there that has to stop. */
  readonly #ids = new Int32Array(slotCount);
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

  add(slot: number, id: number): void {
    this.#ids[slot] = id;
  }

  /** Whether the job has to stop, as far as is known. */
  has(slot: number, id: number): boolean {
    return this.#ids[slot] === (id | 0);
  }

  /** Read the pool's file, if that was not done just now. */
  look(): void {
    const time = this.#now();
    if (time - this.#lookedAt < interval) return;
    this.#lookedAt = time;
    try {
      if (this.#file === null) this.#open();
      if (this.#file !== null) this.#read(this.#file);
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

  #read(file: number): void {
    const bytes = new Uint8Array(this.#records.buffer);
    for (;;) {
      const count = Math.floor(readSync(file, bytes, 0, bytes.length, this.#position) / recordSize);
      for (let i = 0; i < count; i++) this.add(this.#records[2 * i] as number, this.#records[2 * i + 1] as number);
      this.#position += count * recordSize;
      if (count < slotCount) return;
    }
  }
}
