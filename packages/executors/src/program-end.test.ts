/** A program ends by itself whatever has happened to its pools, and leaves no process behind. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";

const patience = 60_000;
const faults = fileURLToPath(new URL("../test/fixtures/faults.js", import.meta.url));

/** How the first job ended, and how the one after it. */
const outcomes = {
  none: "done, done",
  exit: "WorkerDied, done",
  exitInTimer: "WorkerDied, done",
  uncaught: "WorkerDied, done",
  unhandled: "WorkerDied, done",
  heap: "WorkerDied, done",
  missingModule: "JobLoadError, done",
  missingExport: "JobLoadError, done",
  initializer: "Broken, Broken",
  dyingInitializer: "Broken, Broken",
  start: "done, done",
  argument: "DataCloneError, done",
  initargs: "Broken, Broken",
  result: "DataCloneError, done",
  exitingResult: "WorkerDied, done",
  timeout: "TimeoutError, done",
  abort: "CancelledError, done",
  idle: "done, done",
  break: "WorkerDied, Broken",
  left: "done, done",
};

/** The processes whose environment has this mark; elsewhere than on Linux there is no telling. */
function processesMarked(mark: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes(mark);
    } catch {
      return false; // it has ended, or is not ours
    }
  });
}

describe.each([
  { kind: "thread", more: {} },
  { kind: "process", more: { signal: "WorkerDied, done" } },
])("a program with $kind pools that it never shuts down", ({ kind, more }) => {
  test("ends after each of these faults, and leaves no worker behind", { timeout: patience }, async () => {
    const mark = `ASYNCIO_TS_TEST=${kind}-${process.pid}-${Date.now()}`;
    const [name, value] = mark.split("=") as [string, string];
    const env = { ...process.env, NODE_OPTIONS: "", [name]: value };
    const program = spawn(process.execPath, [faults, kind], {
      env,
      stdio: ["ignore", "pipe", "ignore"],
      timeout: 40_000,
      killSignal: "SIGKILL",
    });
    const [output, [code]] = await Promise.all([text(program.stdout), once(program, "exit")]);
    const found = Object.fromEntries(
      output
        .trim()
        .split("\n")
        .map((line) => line.split(": ")),
    );
    const broken = kind === "thread" ? "BrokenThreadPool" : "BrokenProcessPool";
    const expected = Object.entries({ ...outcomes, ...more }).map(([fault, ends]) => [
      fault,
      ends.replaceAll("Broken", broken),
    ]);
    expect(found).toEqual(Object.fromEntries(expected));
    expect(code).toBe(0);
    await vi.waitFor(() => expect(processesMarked(mark)).toEqual([]), { timeout: 10_000 });
  });
});
