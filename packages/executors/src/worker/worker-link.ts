/** The worker's end of the line to its pool. */
export interface WorkerLink {
  /** @throws {DataCloneError} Something in it cannot be cloned; then nothing was sent. */
  post(message: unknown, transfer: readonly object[]): void;
  /** A message that has arrived and was not delivered yet; `undefined` if there is none, or if the line cannot tell. */
  poll(): unknown;
  /** Code of the user is about to run, which may hold up this thread: from now on watch for what cannot wait. */
  watch(): void;
  /** The words of the slots, where memory is shared with the pool. */
  readonly words: Int32Array | null;
  /** Where it is not: at each slot, the id of the last job there that has to stop. */
  readonly stops: Int32Array | null;
}
