import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isAlive, untilGone } from "../test/processes.ts";
import { ProcessGuard } from "./process-guard.ts";

vi.mock("node:child_process", { spy: true });

const patience = 20_000;

const sleepers: ChildProcess[] = [];
let groups: number[];
let guard: ProcessGuard;

beforeEach(async () => {
  guard = new ProcessGuard();
  for (let i = 0; i < 3; i++) sleepers.push(spawn("sleep", ["60"], { detached: true, stdio: "ignore" }));
  groups = sleepers.map(({ pid }) => pid as number);
  vi.mocked(spawn).mockClear();
});

afterEach(() => {
  for (const sleeper of sleepers.splice(0)) sleeper.kill("SIGKILL");
  for (const shell of shells()) shell.kill("SIGKILL");
});

/** Those that the guard has started. */
function shells(): ChildProcess[] {
  return vi.mocked(spawn).mock.results.map(({ value }) => value as ChildProcess);
}

/** A number in hexadecimal, with one bit for each signal, the lowest for `SIGHUP`. */
function ignoredSignals({ pid }: ChildProcess): string | undefined {
  return /SigIgn:\s*(\w+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
}

/** As if the program was gone. */
function loseProgram(): void {
  shells().at(-1)?.stdin?.end();
}

describe.skipIf(process.platform === "win32")("ProcessGuard", () => {
  test("ends the groups that are left when the program is gone", { timeout: patience }, async () => {
    for (const group of groups) guard.add(group);
    guard.remove(groups[1] as number);
    loseProgram();
    await Promise.all([untilGone(groups[0] as number), untilGone(groups[2] as number)]);
    expect(groups.map(isAlive)).toEqual([false, true, false]);
    expect(shells()).toHaveLength(1);
  });

  // Elsewhere there is no telling when it has begun to.
  test.runIf(process.platform === "linux")("minds no signal that can be ignored", { timeout: patience }, async () => {
    for (const group of groups) guard.add(group);
    const [shell] = shells() as [ChildProcess];
    await vi.waitFor(() => expect(ignoredSignals(shell)).toMatch(/4003$/), { timeout: patience });
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) shell.kill(signal);
    loseProgram();
    await Promise.all(groups.map(untilGone));
  });

  test("starts another shell where one was killed, and tells it all", { timeout: patience }, async () => {
    guard.add(groups[0] as number);
    const [first] = shells() as [ChildProcess];
    first.kill("SIGKILL");
    await once(first, "exit");
    guard.add(groups[1] as number);
    expect(shells()).toHaveLength(2);
    loseProgram();
    await Promise.all(groups.slice(0, 2).map(untilGone));
    expect(isAlive(groups[2] as number)).toBe(true);
  });

  test("ends its shell with the last group, and starts another one for the next", { timeout: patience }, async () => {
    guard.add(groups[0] as number);
    guard.add(groups[1] as number);
    guard.remove(groups[0] as number);
    guard.remove(groups[1] as number);
    await once(shells()[0] as ChildProcess, "exit");
    guard.add(groups[2] as number);
    expect(shells()).toHaveLength(2);
    expect(groups.map(isAlive)).toEqual([true, true, true]);
  });

  test("starts its shell later where it cannot be started at once", { timeout: patience }, async () => {
    vi.mocked(spawn).mockImplementationOnce(() => {
      throw new Error("not allowed");
    });
    guard.add(groups[0] as number);
    vi.mocked(spawn).mockImplementationOnce(() => spawn("/nowhere/at/all"));
    guard.add(groups[1] as number);
    await once(shells().at(-1) as ChildProcess, "error");
    vi.mocked(spawn).mockClear();
    guard.add(groups[2] as number);
    loseProgram();
    await Promise.all(groups.map(untilGone));
  });

  test("dismiss() ends the shell, and no group", { timeout: patience }, async () => {
    for (const group of groups) guard.add(group);
    guard.dismiss();
    expect((await once(shells()[0] as ChildProcess, "exit"))[1]).toBe("SIGKILL");
    expect(groups.map(isAlive)).toEqual([true, true, true]);
  });
});
