import { RuntimeError } from "@asyncio-ts/contextvars";
import type { BrokenExecutor } from "./errors.ts";

/**
 *  state       submit()         left by
 *  open        takes the job    shut(), break()
 *  shut        throws           break()
 *  broken      throws           nothing
 */
type State =
  | { readonly kind: "open" }
  | { readonly kind: "shut" }
  | { readonly kind: "broken"; readonly message: string; readonly cause: unknown };

/** Whether a pool takes jobs, and why not. */
export class PoolState {
  readonly #Broken: new (
    message: string,
    options?: ErrorOptions,
  ) => BrokenExecutor;
  #state: State = { kind: "open" };

  constructor(Broken: new (message: string, options?: ErrorOptions) => BrokenExecutor) {
    this.#Broken = Broken;
  }

  get kind(): State["kind"] {
    return this.#state.kind;
  }

  /** @throws {RuntimeError} The pool was shut down. @throws {BrokenExecutor} It is broken. */
  check(): void {
    if (this.#state.kind === "shut") throw new RuntimeError("Cannot schedule new futures after shutdown");
    if (this.#state.kind === "broken") throw this.brokenError();
  }

  shut(): void {
    if (this.#state.kind === "open") this.#state = { kind: "shut" };
  }

  break(message: string, cause: unknown): void {
    this.#state = { kind: "broken", message, cause };
  }

  /** One error for each future: errors are changed where they are caught. */
  brokenError(): BrokenExecutor {
    if (this.#state.kind !== "broken") throw new RuntimeError("The pool is not broken");
    const { message, cause } = this.#state;
    return new this.#Broken(message, cause === undefined ? undefined : { cause });
  }
}
