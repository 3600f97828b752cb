import type { WorkerExit } from "./errors.ts";

/** The pool's end of the line to a worker, whatever that is made of. */
export interface WorkerLink {
  /** The words of the slots, where memory is shared with the worker. */
  readonly words: Int32Array | null;
  /** @throws {DataCloneError} Something in it cannot be cloned; then nothing was sent. */
  post(message: unknown, transfer: readonly object[]): void;
  /** Tell the worker that a job has to stop, in a way that reaches a job which does not let its event loop turn. */
  stop(slot: number, id: number): void;
  /** Keep the program up. */
  ref(): void;
  /** Let the program end. */
  unref(): void;
  /** End the worker, whatever it does. */
  kill(): void;
}

/** What becomes of a worker. */
export interface WorkerEvents {
  onMessage(message: unknown): void;
  /** A message has arrived that cannot be read here. */
  onUnreadable(error: unknown): void;
  /** The message of this number, counted from 1, did not reach the worker, and none after it will; told before its end. */
  onUnsent(post: number): void;
  /** It has ended, and everything that it had sent was delivered; called once. */
  onExit(exit: WorkerExit): void;
}

/** Starts a worker. */
export type StartWorker = (events: WorkerEvents, number: number) => WorkerLink;
