import { RuntimeError } from "@asyncio-ts/contextvars";
import type { Seconds } from "@asyncio-ts/core";
import { type ThrownRecord, thrownOf } from "./thrown-record.ts";

/** What another thread asks of a loop. Contents: the arguments, or the record of the reason. */
export type Request =
  | { readonly kind: "callSoon"; readonly name: string }
  | { readonly kind: "run"; readonly id: number; readonly name: string }
  | { readonly kind: "cancel"; readonly id: number };

/** How a coroutine ended that another thread has asked for. Contents: the result, or the record of the error or the reason. */
export type Reply =
  | { readonly kind: "returned" | "threw" | "cancelled"; readonly id: number }
  | { readonly kind: "closed" };

/** What came with a message, or why it cannot be read in this thread. */
export type Contents = readonly unknown[] | RuntimeError;

/** The error or the reason that has come as a record; or why none has. */
export function thrownIn(contents: Contents): unknown {
  return contents instanceof RuntimeError ? contents : thrownOf(contents[0] as ThrownRecord);
}

/** A port between two threads: what pages and Node agree on, and what Node has beyond that. */
export interface Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  /** With the error that reading has thrown, on Node. */
  onmessageerror: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
  addEventListener?(type: "close", listener: () => void): void;
  ref?(): void;
  unref?(): void;
}

/** How long a thread sleeps at a time before it looks whether whoever is to wake it is still there. */
export const longestSleep: Seconds = 0.1;

/** A word of shared memory; `null` where there is none, as in pages that are not isolated. */
export function sharedWord(): Int32Array | null {
  return typeof SharedArrayBuffer === "undefined" ? null : new Int32Array(new SharedArrayBuffer(4));
}

/** Wake whoever sleeps on `word`. */
export function ring(word: Int32Array | null): void {
  if (word === null) return;
  Atomics.add(word, 0, 1);
  Atomics.notify(word, 0);
}

/** Sleep until `word` is no longer `seen`, at most for so long; answers whether that was in time. */
export function sleepOn(word: Int32Array, seen: number, timeout: Seconds): boolean {
  return Atomics.wait(word, 0, seen, timeout * 1000) !== "timed-out";
}
