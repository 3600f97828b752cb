import { existsSync, openSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { StopFile } from "./stop-file.ts";
import { StopMarks } from "./worker/stop-marks.ts";

vi.mock("node:fs", { spy: true });

let file: StopFile;
let marks: StopMarks;
let now = 0;

beforeEach(() => {
  vi.mocked(openSync).mockClear();
  file = new StopFile();
  marks = new StopMarks(() => now);
  marks.watch(file.path);
});

afterEach(() => {
  file.remove();
  vi.restoreAllMocks();
});

function exists({ path }: StopFile): boolean {
  return path !== null && existsSync(path);
}

/** Whether the process knows that the job has to stop, once it has looked again. */
function isMarked(slot: number, id: number): boolean {
  now += 1;
  return marks.has(slot, id, 1);
}

describe("StopFile and StopMarks", () => {
  test("a job has to stop once the pool has noted so; no other", () => {
    expect(isMarked(3, 7)).toBe(false);
    file.note(3, 7);
    expect(isMarked(3, 7)).toBe(true);
    expect([isMarked(3, 8), isMarked(2, 7)]).toEqual([false, false]);
    file.note(3, 8);
    file.note(511, -1);
    expect([isMarked(3, 7), isMarked(3, 8), isMarked(511, 2 ** 32 - 1)]).toEqual([false, true, true]);
  });

  test("the file is looked at again when what is known of it is too old", () => {
    expect(isMarked(1, 1)).toBe(false);
    file.note(1, 1);
    now += 0.9;
    expect(marks.has(1, 1, 1)).toBe(false);
    now += 0.1;
    expect(marks.has(1, 1, 3)).toBe(false);
    expect(marks.has(1, 1, 1)).toBe(true);
  });

  test("a message that comes after the file was read takes back no mark of it, nor does the file one of a message", () => {
    file.note(3, 8);
    expect(isMarked(3, 8)).toBe(true);
    marks.add(3, 7);
    expect([isMarked(3, 7), isMarked(3, 8)]).toEqual([true, true]);
    marks.add(4, 10);
    file.note(4, 9);
    expect([isMarked(4, 9), isMarked(4, 10)]).toEqual([true, true]);
  });

  test("no job has to stop of which nobody has said so, whatever its id", () => {
    expect([0, 1, 2 ** 31, 2 ** 32].map((id) => isMarked(0, id))).toEqual([false, false, false, false]);
  });

  test("all that was noted since is read, however much", () => {
    for (let id = 1; id <= 2_000; id++) file.note(id % 512, id);
    expect(isMarked(2_000 % 512, 2_000)).toBe(true);
    expect(isMarked(1, 1_537)).toBe(true);
  });

  test("there is no file before the first job has to stop, none once the process has seen it, and none in the end", () => {
    expect(exists(file)).toBe(false);
    file.note(1, 1);
    expect(exists(file)).toBe(true);
    expect(isMarked(1, 1)).toBe(true);
    expect(exists(file)).toBe(false);
    file.note(2, 2);
    expect(isMarked(2, 2)).toBe(true);
    const unseen = new StopFile();
    unseen.note(1, 1);
    unseen.remove();
    expect(exists(unseen)).toBe(false);
  });

  test("a process that may not remove the file reads it all the same", () => {
    vi.mocked(rmSync).mockImplementationOnce(() => {
      throw new Error("not allowed");
    });
    file.note(1, 1);
    expect(isMarked(1, 1)).toBe(true);
    expect(exists(file)).toBe(true);
    file.note(2, 2);
    expect(isMarked(2, 2)).toBe(true);
    expect(vi.mocked(openSync).mock.calls.filter(([, mode]) => mode === "r")).toHaveLength(1);
  });

  test("a file that nobody may remove keeps nobody from going on", () => {
    const { path } = file;
    file.note(1, 1);
    vi.mocked(rmSync).mockImplementationOnce(() => {
      throw new Error("not allowed");
    });
    file.remove();
    expect(exists(file)).toBe(true);
    rmSync(path ?? "");
  });

  test("where no file can be written, nothing is noted, and nothing fails", () => {
    vi.stubEnv("TMPDIR", "/nowhere/at/all");
    const nowhere = new StopFile();
    vi.unstubAllEnvs();
    marks.watch(nowhere.path);
    nowhere.note(1, 1);
    expect(isMarked(1, 1)).toBe(false);
    nowhere.remove();
  });
});
