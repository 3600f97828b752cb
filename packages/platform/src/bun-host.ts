import { ProcessHost } from "./process-host.ts";

/** Of the module `bun:jsc`, what is used here. */
interface JavaScriptCore {
  drainMicrotasks?(): void;
}

/**
 * Bun's event loop as the host of ours.
 *
 * Its ticks keep Node's order. It also empties the queues of ticks and of microtasks on demand, wherever it is asked, which
 * costs half as much. A process is told that nothing can wake it only if the top level of its main module awaits nothing:
 * so there is no `DeadlockError` for `await run(main)` at the top level, and Bun waits for ever. A run that the top level
 * does not await gets its error.
 *
 * @see {@link https://bun.sh/reference/bun/jsc/drainMicrotasks}
 *
 * @example
 * const host: Host = new BunHost();
 * host.drainMicrotasks?.() // => false
 */
export class BunHost extends ProcessHost {
  readonly #engine: JavaScriptCore | undefined = globalThis.process?.getBuiltinModule?.("bun:jsc");

  override drainMicrotasks(): boolean {
    if (this.#engine?.drainMicrotasks === undefined) return false;
    this.#engine.drainMicrotasks();
    return true;
  }
}
