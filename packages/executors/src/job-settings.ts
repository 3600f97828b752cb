import { show } from "@asyncio-ts/contextvars";
import type { SubmitOptions } from "./executor.ts";
import type { JobSettings } from "./job.ts";

const none: JobSettings = {
  transfer: [],
  timeout: null,
  gracePeriod: null,
  retries: 0,
  signal: null,
  onProgress: null,
  onItem: null,
  credit: null,
  isChunk: false,
  context: null,
};

/** The settings of a job that differ from those of most. */
export function settingsOf(given: Partial<JobSettings>): JobSettings {
  return { ...none, ...given };
}

/** @throws {TypeError} An option is of the wrong type. @throws {RangeError} It is out of range. */
export function settingsFrom(caller: string, options: SubmitOptions): JobSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${caller}() needs an object of options, not ${show(options)}`);
  }
  const { timeout, gracePeriod, retries = 0, signal, transfer, onProgress } = options;
  checkDuration(caller, "timeout", timeout);
  checkDuration(caller, "gracePeriod", gracePeriod);
  if (!Number.isSafeInteger(retries) || retries < 0) {
    throw new RangeError(`${caller}() needs a whole number of retries, not ${show(retries)}`);
  }
  if (signal !== undefined && typeof signal?.addEventListener !== "function") {
    throw new TypeError(`${caller}() needs an AbortSignal as signal, not ${show(signal)}`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError(`${caller}() needs a function as onProgress, not ${show(onProgress)}`);
  }
  if (transfer !== undefined && !Array.isArray(transfer)) {
    throw new TypeError(`${caller}() needs an array as transfer, not ${show(transfer)}`);
  }
  return settingsOf({
    transfer: transfer ?? [],
    timeout: timeout ?? null,
    gracePeriod: gracePeriod ?? null,
    retries,
    signal: signal ?? null,
    onProgress: onProgress ?? null,
  });
}

function checkDuration(caller: string, name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw new TypeError(`${caller}() needs a ${name} in seconds, not ${show(value)}`);
  if (!(value >= 0)) throw new RangeError(`${caller}() cannot use ${show(value)} as ${name}`);
}
