import type { Scheduler } from "@asyncio-ts/core";
import type { Completion } from "./strand.ts";

/** Settles the promise behind a native `await`. */
export class PromiseSettler implements Completion {
  readonly #loop: Scheduler;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;

  constructor(loop: Scheduler, resolve: (value: unknown) => void, reject: (error: unknown) => void) {
    this.#loop = loop;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  returned(value: unknown): void {
    this.#loop.drainMicrotasks();
    this.#resolve(value);
  }

  threw(error: unknown): void {
    this.#loop.drainMicrotasks();
    this.#reject(error);
  }
}
