import type { StopMarks } from "./stop-marks.ts";

/** The worker's end of the line to its pool. */
export interface WorkerLink {
  /** @throws {DataCloneError} Something in it cannot be cloned; then nothing was sent. */
  post(message: unknown, transfer: readonly object[]): void;
  /** A message that has arrived and was not delivered yet; `undefined` if there is none, or if the line cannot tell. */
  poll(): unknown;
  /** The words of the slots, where memory is shared with the pool. */
  readonly words: Int32Array | null;
  /** Where it is not: which jobs have to stop. */
  readonly stops: StopMarks | null;
}
