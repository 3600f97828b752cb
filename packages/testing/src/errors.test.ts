import { describe, expect, test } from "vitest";
import { LeakError, ScheduleError, type ScheduleFailure, TestTimeoutError } from "./errors.ts";

const failure: ScheduleFailure = {
  cause: new RangeError("boom\nin two lines"),
  seed: 7,
  replay: "a+1 b+2",
  deviations: ["first\nin two lines", "second"],
  runs: 12,
};

describe("LeakError", () => {
  test("lists every leak, and has the first error among them as its cause", () => {
    const error = new LeakError([
      { kind: "task", text: "a pending task: t\ncreated at\n    at f" },
      { kind: "exception", text: "one", error: 1 },
      { kind: "exception", text: "two", error: 2 },
    ]);
    expect(error.message).toBe(
      "The test has left something behind\n  a pending task: t\n  created at\n      at f\n  one\n  two",
    );
    expect([error.cause, error.leaks.length, error.name]).toEqual([1, 3, "LeakError"]);
    expect("cause" in new LeakError([{ kind: "task", text: "t" }])).toBe(false);
  });
});

describe("TestTimeoutError", () => {
  test("tells what was too much, and each pending task", () => {
    expect(new TestTimeoutError("longer than 5 s of virtual time", ["a", "b\nat f"]).message).toBe(
      "The test took longer than 5 s of virtual time; tasks pending: 2\n  a\n  b\n  at f",
    );
  });
});

describe("ScheduleError", () => {
  test("tells what fails, what is out of order for that, and how to run it again", () => {
    const error = new ScheduleError(failure);
    expect(error.message.split("\n")).toEqual([
      "The body fails in a legal order of events: RangeError: boom",
      "In the ordinary order it passes. Run 12 has failed; 2 deviations from that order will do:",
      "  1. first",
      "  in two lines",
      "  2. second",
      'To run it again: explore(body, { replay: "a+1 b+2" }); as it was found: explore(body, { seed: 7, runs: 1 })',
    ]);
    expect(error).toMatchObject({ cause: failure.cause, seed: 7, replay: "a+1 b+2", deviations: failure.deviations });
  });

  test("counts a single deviation in words", () => {
    const { message } = new ScheduleError({ ...failure, deviations: ["first"] });
    expect(message).toContain("Run 12 has failed; one deviation from that order will do:\n  1. first\n");
  });

  test("of a replay tells what is out of order in it, and not how it was found", () => {
    const { message } = new ScheduleError({ ...failure, seed: null, cause: undefined });
    expect(message).toMatch(
      /^The body fails in a legal order of events: undefined\nWhat is out of order in this replay:\n/,
    );
    expect(message).not.toContain("To run it again");
  });
});
