import { Console } from "node:console";
import { Writable } from "node:stream";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { ExceptionGroup } from "./exception-group.ts";

/** The shape of a group: messages of errors, and arrays for groups. */
function shapeOf(error: unknown): unknown {
  if (error instanceof ExceptionGroup) return [error.message, ...error.errors.map(shapeOf)];
  return error instanceof Error ? error.message : error;
}

/** Without frames, which are different from one machine to the next. */
function withoutFrames(text: string): string {
  return text.replaceAll(/\n\s+at .*/g, "");
}

class HttpError extends Error {}

const a = new HttpError("a");
const b = new RangeError("b");
const c = new TypeError("c");
const d = new HttpError("d");
const nested = new ExceptionGroup("outer", [a, new ExceptionGroup("inner", [b, c]), new ExceptionGroup("other", [d])]);

describe("new ExceptionGroup()", () => {
  test("is an AggregateError with a message and its parts in order, whatever was thrown", () => {
    const cause = new Error("why");
    const group = new ExceptionGroup("several", new Set<unknown>([a, "text", undefined]), { cause });
    expect(group).toBeInstanceOf(ExceptionGroup);
    expect(group).toBeInstanceOf(AggregateError);
    expect([group.name, group.message, String(group)]).toEqual([
      "ExceptionGroup",
      "several",
      "ExceptionGroup: several",
    ]);
    expect(group.errors).toEqual([a, "text", undefined]);
    expect(group.cause).toBe(cause);
    expect("cause" in new ExceptionGroup("several", [a])).toBe(false);
  });

  test("keeps its parts when the array changes from which it was made", () => {
    const errors = [a];
    const group = new ExceptionGroup("several", errors);
    errors.pop();
    expect(group.errors).toEqual([a]);
  });

  test("is recognised across copies of the package, and not taken for any AggregateError", () => {
    const ofAnotherCopy = Object.assign(new AggregateError([a]), { [Symbol.for("asyncio-ts.ExceptionGroup")]: true });
    expect(ofAnotherCopy).toBeInstanceOf(ExceptionGroup);
    expect(new AggregateError([a])).not.toBeInstanceOf(ExceptionGroup);
  });

  test("refuses an empty list, what is no list, and a message that is no string", () => {
    expect(() => new ExceptionGroup("none", [])).toThrow(RangeError);
    expect(() => new ExceptionGroup("one", a as never)).toThrow("needs an array of errors, not Error: a");
    expect(() => new ExceptionGroup("text", "abc")).toThrow(TypeError);
    expect(() => new ExceptionGroup("null", null as never)).toThrow(TypeError);
    expect(() => new ExceptionGroup([a] as never, "message" as never)).toThrow("needs a message");
  });

  test("leaves Error.stackTraceLimit as it was", () => {
    const { stackTraceLimit } = Error;
    new ExceptionGroup("several", [a]);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });
});

describe("split()", () => {
  test("divides by a class, and both parts keep the shape of the group", () => {
    const [matching, others] = nested.split(HttpError);
    expect(shapeOf(matching)).toEqual(["outer", "a", ["other", "d"]]);
    expect(shapeOf(others)).toEqual(["outer", ["inner", "b", "c"]]);
    expect(shapeOf(nested)).toEqual(["outer", "a", ["inner", "b", "c"], ["other", "d"]]);
  });

  test("divides by several classes, and by a function", () => {
    expect(nested.split([RangeError, TypeError]).map(shapeOf)).toEqual([
      ["outer", ["inner", "b", "c"]],
      ["outer", "a", ["other", "d"]],
    ]);
    expect(nested.split((error) => error === c).map(shapeOf)).toEqual([
      ["outer", ["inner", "c"]],
      ["outer", "a", ["inner", "b"], ["other", "d"]],
    ]);
  });

  test("gives null for what would be empty", () => {
    const [all, none] = nested.split(Error);
    expect([all, none]).toEqual([nested, null]);
    const [nothing, everything] = nested.split(SyntaxError);
    expect(nothing).toBe(null);
    expect(shapeOf(everything)).toEqual(shapeOf(nested));
    expect(nested.split([])[0]).toBe(null);
  });

  test("takes a group that matches as a whole", () => {
    expect(nested.split(ExceptionGroup)).toEqual([nested, null]);
    const isInner = (error: unknown): boolean => error instanceof ExceptionGroup && error.message === "inner";
    const [matching, others] = nested.split(isInner);
    expect(matching?.errors[0]).toBe(nested.errors[1]);
    expect(shapeOf(others)).toEqual(["outer", "a", ["other", "d"]]);
  });

  test("takes an AggregateError that is no group as one error", () => {
    const any = new AggregateError([b], "any");
    expect(new ExceptionGroup("several", [any, b]).split(RangeError).map(shapeOf)).toEqual([
      ["several", "b"],
      ["several", "any"],
    ]);
  });

  test("tells a class from a function also where it is written as a function, or has nothing to do with Error", () => {
    function OldError(): void {}
    OldError.prototype = Object.create(Error.prototype);
    class Signal {}
    const old = Object.create(OldError.prototype) as unknown;
    const signal = new Signal();
    const group = new ExceptionGroup("several", [old, signal, 5]);
    expect(group.subgroup(OldError as never)?.errors).toEqual([old]);
    expect(group.subgroup(Signal)?.errors).toEqual([signal]);
    expect(
      group.subgroup(function isNumber(error) {
        return typeof error === "number";
      })?.errors,
    ).toEqual([5]);
  });

  test("hands on the cause and the place where the group was made", () => {
    const cause = new Error("why");
    const made = new ExceptionGroup("several", [a, b], { cause });
    const lines = made.stack?.split("\n").slice(0, 3);
    for (const part of made.split(HttpError)) {
      expect(part?.cause).toBe(cause);
      expect(part?.stack?.split("\n").slice(0, 3)).toEqual(lines);
      expect(Object.keys(part as object)).toEqual([]);
    }
    expect("cause" in (new ExceptionGroup("several", [a, b]).subgroup(HttpError) as object)).toBe(false);
  });

  test("makes parts of a subclass by its derive()", () => {
    class JobErrors extends ExceptionGroup {
      readonly job: number;

      constructor(job: number, errors: readonly unknown[]) {
        super(`job ${job}`, errors);
        this.job = job;
      }

      protected override derive(errors: readonly unknown[]): JobErrors {
        return new JobErrors(this.job, errors);
      }
    }
    const [matching, others] = new JobErrors(7, [a, b]).split(HttpError);
    expect(matching).toBeInstanceOf(JobErrors);
    expect([matching, others].map((part) => (part as JobErrors).job)).toEqual([7, 7]);
    expect(new ExceptionGroup("plain", [a])).not.toBeInstanceOf(JobErrors);
  });

  test("refuses what tells no errors apart", () => {
    for (const matcher of [undefined, null, "HttpError", a, [HttpError, () => true], [HttpError, undefined]]) {
      expect(() => nested.split(matcher as never)).toThrow(/^Cannot match errors with /);
    }
    expect(() => nested.split("HttpError" as never)).toThrow('Cannot match errors with "HttpError"');
  });
});

describe("subgroup()", () => {
  test("is the part that matches, or null", () => {
    expect(shapeOf(nested.subgroup(TypeError))).toEqual(["outer", ["inner", "c"]]);
    expect(nested.subgroup(SyntaxError)).toBe(null);
  });
});

describe("leaves()", () => {
  test("lists the errors of all depths, in order", () => {
    expect(nested.leaves()).toEqual([a, b, c, d]);
    expect(new ExceptionGroup("one", [undefined]).leaves()).toEqual([undefined]);
  });

  test("lists those of a class", () => {
    expect(nested.leaves(HttpError)).toEqual([a, d]);
    expect(nested.leaves(ExceptionGroup)).toEqual([]);
    expect(() => nested.leaves((() => true) as never)).toThrow(TypeError);
    expect(() => nested.leaves(null as never)).toThrow(TypeError);
  });
});

describe("the stack of a group", () => {
  test("is followed by its parts and its cause, each with its own stack, set in as deep as they lie", () => {
    const inner = new ExceptionGroup("inner", [new RangeError("two\nlines"), 5]);
    const group = new ExceptionGroup("outer", [new Error("first"), inner], { cause: new Error("why") });
    expect(withoutFrames(group.stack ?? "")).toBe(
      [
        "ExceptionGroup: outer",
        "  [1 of 2] Error: first",
        "  [2 of 2] ExceptionGroup: inner",
        "    [1 of 2] RangeError: two",
        "    lines",
        "    [2 of 2] 5",
        "  [cause] Error: why",
      ].join("\n"),
    );
    const indents = group.stack?.match(/^ +(?=at .*exception-group\.test)/gm)?.map((spaces) => spaces.length);
    expect(indents).toEqual([4, 6, 6, 8, 6]);
  });

  test("begins where the group was made, without its constructors", () => {
    class Mine extends ExceptionGroup {
      constructor(errors: unknown[]) {
        super("m", errors);
      }
    }
    for (const group of [new ExceptionGroup("m", [5]), new Mine([5])]) {
      const frames = group.stack?.split("\n").slice(1, -1) ?? [];
      expect(frames[0]).toMatch(/^ {4}at .*exception-group\.test/);
      expect(frames.filter((frame) => frame.includes("new "))).toEqual(
        frames.filter((frame) => frame.includes("new Promise")),
      );
    }
  });

  test("is found when it is asked for: it shows the parts and the message of that moment", () => {
    const group = new ExceptionGroup("before", [5]);
    group.message = "after";
    group.errors.push(6);
    expect(withoutFrames(group.stack ?? "")).toBe("ExceptionGroup: after\n  [1 of 2] 5\n  [2 of 2] 6");
  });

  test("can be set, and is not enumerable", () => {
    const group = new ExceptionGroup("m", [a]);
    expect(Object.keys(group)).toEqual([]);
    group.stack = "mine";
    expect(group.stack).toBe("mine");
    expect(Object.keys(group)).toEqual([]);
  });

  test("shows the first fifteen of many parts, and how many there are", () => {
    const group = new ExceptionGroup(
      "many",
      Array.from({ length: 100 }, (_, n) => n),
    );
    const lines = withoutFrames(group.stack ?? "").split("\n");
    expect(lines).toHaveLength(17);
    expect(lines.slice(-2)).toEqual(["  [15 of 100] 14", "  and 85 more"]);
    const full = new ExceptionGroup(
      "full",
      Array.from({ length: 15 }, (_, n) => n),
    );
    expect(
      withoutFrames(full.stack ?? "")
        .split("\n")
        .at(-1),
    ).toBe("  [15 of 15] 14");
  });

  test("ends although a group is a part of itself", () => {
    const group = new ExceptionGroup("ring", [a]);
    group.errors.push(group);
    expect(withoutFrames(group.stack ?? "")).toMatch(/\[2 of 2\] \[circular ExceptionGroup: ring\]$/);
    expect(withoutFrames(group.stack ?? "")).toMatch(/\[2 of 2\] \[circular ExceptionGroup: ring\]$/);
  });

  test("shows parts that cannot be shown", () => {
    const group = new ExceptionGroup("odd", [null, undefined, Object.create(null), { stack: 5 }, Symbol("s")]);
    expect(withoutFrames(group.stack ?? "")).toContain("[3 of 5] [object Object]");
  });

  test("names an error whose stack does not, as in Firefox and Safari", () => {
    const nameless = Object.assign(new RangeError("told"), { stack: "f@file.js:1:2\ng@file.js:3:4" });
    const empty = Object.assign(new RangeError(""), { stack: "f@file.js:1:2" });
    const named = Object.assign(new RangeError(""), { stack: "RangeError\n    at f (file.js:1:2)" });
    const lines = (new ExceptionGroup("m", [nameless, empty, named]).stack ?? "").split("\n").slice(-7);
    expect(lines).toEqual([
      "  [1 of 3] RangeError: told",
      "  f@file.js:1:2",
      "  g@file.js:3:4",
      "  [2 of 3] RangeError",
      "  f@file.js:1:2",
      "  [3 of 3] RangeError",
      "      at f (file.js:1:2)",
    ]);
  });

  test("is there where the engine has no Error.captureStackTrace", () => {
    const { captureStackTrace } = Error;
    try {
      Error.captureStackTrace = undefined as never;
      expect(new ExceptionGroup("m", [5]).stack).toMatch(
        /^ExceptionGroup: m\n.*exception-group\.test.* {2}\[1 of 1\] 5$/s,
      );
    } finally {
      Error.captureStackTrace = captureStackTrace;
    }
  });
});

describe("console.error() of a group", () => {
  test("shows its parts with all that they have", () => {
    let written = "";
    const sink = new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        done();
      },
    });
    const refused = Object.assign(new Error("refused", { cause: new Error("why") }), { code: "ECONNREFUSED" });
    new Console(sink).error(new ExceptionGroup("outer", [refused, "text"]));
    const text = withoutFrames(written);
    expect(text).toMatch(/^ExceptionGroup: outer\n {2}\[1 of 2\] Error: refused/);
    expect(text).toContain("code: 'ECONNREFUSED'");
    expect(text).toContain("[cause]: Error: why");
    expect(text).toMatch(/\[2 of 2\] 'text'\n$/);
  });

  test("shows each error once, also where the group lies deep in something else, or in itself", () => {
    const group = new ExceptionGroup("outer", [new ExceptionGroup("inner", [new Error("once")])]);
    const count = (text: string): number => text.split("Error: once").length - 1;
    expect(count(inspect(group))).toBe(1);
    expect(count(inspect({ a: { b: { c: group } } }, { depth: 5 }))).toBe(1);
    group.errors.push(group);
    expect(inspect(group)).toContain("[circular ExceptionGroup: outer]");
  });
});

describe("a group that was made without its constructor, as one from another thread is", () => {
  const errors = [new RangeError("big"), new TypeError("odd")];
  const made = Object.assign(Reflect.construct(Error, ["sent"], ExceptionGroup) as ExceptionGroup, { errors });

  test("is split", () => {
    const [ranges, rest] = made.split(RangeError);
    expect([ranges?.errors, rest?.errors]).toEqual([[errors[0]], [errors[1]]]);
    expect([ranges?.message, made.leaves(TypeError)]).toEqual(["sent", [errors[1]]]);
  });

  test("is shown with its parts", () => {
    expect(inspect(made)).toMatch(/^ExceptionGroup: sent\n {2}\[1 of 2\] RangeError: big/);
  });
});
