import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { runInNewContext } from "node:vm";
import { brand, LookupError, RuntimeError } from "@asyncio-ts/contextvars";
import { CancelledError, InvalidStateError, TimeoutError } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import { registerError } from "./error-classes.ts";
import { type ErrorRecord, fromRecord, toRecord } from "./error-record.ts";
import { BrokenThreadPool, ClosureError, JobLoadError, RemoteError, WorkerDied } from "./errors.ts";

type AnyError = Error & { [key: string]: unknown };

const ways = [
  ["as threads clone", <T>(value: T): T => structuredClone(value)],
  ["as processes do", <T>(value: T): T => deserialize(serialize(value)) as T],
] as const;

function thrownBy(f: () => unknown): Error {
  try {
    f();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown");
}

class HttpError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }

  isClientError(): boolean {
    return this.status < 500;
  }
}
registerError(HttpError);

class NotFound extends HttpError {
  constructor(path: string) {
    super(`There is no ${path}`, 404);
  }
}

class Secretive extends Error {
  readonly #secret: string;

  constructor(message: string, secret: string) {
    super(message);
    this.#secret = secret;
    this.hint = secret;
  }

  readonly hint: string;

  tell(): string {
    return this.#secret;
  }
}
registerError(Secretive, {
  name: "tests.Secretive",
  revive: ({ message, hint }) => new Secretive(message, String(hint)),
});

class Unknown extends RangeError {
  readonly detail = { deep: [1, new Map([[2, 3]])] };
}

class Branded extends Error {
  static {
    brand(this, "tests.Branded");
  }

  shout(): string {
    return `${this.message}!`;
  }
}

describe.each(ways)("an error that crosses %s", (_way, clone) => {
  function cross(thrown: unknown): AnyError {
    return fromRecord(clone(toRecord(thrown))) as AnyError;
  }

  const keepTheirClass: [string, Error][] = [
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    RuntimeError,
    LookupError,
    CancelledError,
    InvalidStateError,
    TimeoutError,
    BrokenThreadPool,
    RemoteError,
    JobLoadError,
  ].map((Class) => [Class.name, new Class("what happened")]);

  test.each(keepTheirClass)("%s keeps class, name, message and stack", (_name, error) => {
    const copy = cross(error);

    expect(Object.getPrototypeOf(copy)).toBe(error.constructor.prototype);
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: error.name, message: error.message, stack: error.stack });
    expect(Object.keys(copy)).toEqual(Object.keys(error));
    expect(Object.getOwnPropertyDescriptor(copy, "message")?.enumerable).toBe(false);
  });

  test("is an error to the engine as well", () => {
    expect(Object.prototype.toString.call(cross(new HttpError("no", 500)))).toBe("[object Error]");
  });

  test("our own classes keep what their constructors have made", () => {
    expect(cross(new CancelledError("enough"))).toMatchObject({ message: "enough", reason: "enough" });
    expect(cross(new ClosureError("no", "rate"))).toMatchObject({ variable: "rate" });
    const died = new WorkerDied("gone", { exitCode: 3, signal: null, oom: false });
    expect(cross(died)).toMatchObject({ exitCode: 3, signal: null, oom: false });
  });

  test("a DOMException keeps its name and code", () => {
    const copy = cross(new DOMException("stop", "AbortError"));

    expect(copy).toBeInstanceOf(DOMException);
    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: "AbortError", message: "stop", code: 20 });
  });

  test("errors of Node keep code and properties", () => {
    const missing = thrownBy(() => readFileSync("/no/such/file"));
    expect(cross(missing)).toMatchObject({ code: "ENOENT", errno: -2, syscall: "open", path: "/no/such/file" });

    const mistake = thrownBy(() => Buffer.alloc("x" as never));
    expect(cross(mistake)).toBeInstanceOf(TypeError);
    expect(cross(mistake)).toMatchObject({ code: "ERR_INVALID_ARG_TYPE", message: mistake.message });

    const failed = thrownBy(() => assert.equal(1, 2));
    expect(cross(failed)).toMatchObject({ name: "AssertionError", code: "ERR_ASSERTION", actual: 1, expected: 2 });
  });

  test("own properties arrive as they were, hidden ones hidden", () => {
    const error = Object.assign(new Error("no"), {
      code: "E_NO",
      list: [1, 2],
      when: new Date(0),
      big: 10n,
      nothing: undefined,
      set: new Set([1]),
    });
    Object.defineProperty(error, "hidden", { value: 7 });
    Object.defineProperty(error, "__proto__", { value: "a property", enumerable: true });
    const copy = cross(error);

    expect(copy).toMatchObject({ code: "E_NO", list: [1, 2], when: new Date(0), big: 10n, set: new Set([1]) });
    expect(Object.keys(copy)).toEqual(Object.keys(error));
    expect(copy.hidden).toBe(7);
    expect(copy).toBeInstanceOf(Error);
  });

  test("a name of its own stays its own", () => {
    const error = new Error("no");
    error.name = "Renamed";

    expect(cross(error)).toMatchObject({ name: "Renamed", message: "no" });
    expect(Object.getPrototypeOf(cross(error))).toBe(Error.prototype);
  });

  test("causes are rebuilt, each as what it is", () => {
    const copy = cross(new Error("a", { cause: new TypeError("b", { cause: new HttpError("c", 404) }) }));
    const cause = copy.cause as AnyError;

    expect(cause).toBeInstanceOf(TypeError);
    expect(cause.cause).toBeInstanceOf(HttpError);
    expect(cause.cause).toMatchObject({ message: "c", status: 404 });
    expect(Object.keys(copy)).toEqual([]);
  });

  test("a cause that is no error stays what it is", () => {
    expect(cross(new Error("a", { cause: { code: 7 } })).cause).toEqual({ code: 7 });
    expect("cause" in cross(new Error("a", { cause: undefined }))).toBe(true);
    expect("cause" in cross(new Error("a"))).toBe(false);
  });

  test("the errors of an AggregateError are rebuilt, and what is among them that is none", () => {
    const copy = cross(new AggregateError([new RangeError("a"), new HttpError("b", 500), 7], "all"));

    expect(copy).toBeInstanceOf(AggregateError);
    const errors = copy.errors as unknown[];
    expect(errors[0]).toBeInstanceOf(RangeError);
    expect(errors[1]).toBeInstanceOf(HttpError);
    expect(errors[2]).toBe(7);
  });

  test("cycles are cycles again", () => {
    const error = new Error("a") as AnyError;
    error.cause = new AggregateError([error], "b");
    const copy = cross(error);

    expect(((copy.cause as AnyError).errors as unknown[])[0]).toBe(copy);
  });

  test("a chain of causes that does not end is cut", () => {
    let error = new Error("the first");
    for (let i = 0; i < 20_000; i++) error = new Error(String(i), { cause: error });

    expect(cross(error)).toMatchObject({ message: "19999", cause: { message: "19998" } });
  });

  test("a registered class keeps its methods", () => {
    const copy = cross(new HttpError("no such page", 404));

    expect(copy).toBeInstanceOf(HttpError);
    expect((copy as unknown as HttpError).isClientError()).toBe(true);
  });

  test("a class below a registered one arrives as that, by its own name", () => {
    const copy = cross(new NotFound("/page"));

    expect(copy).toBeInstanceOf(HttpError);
    expect(copy).toMatchObject({ name: "NotFound", message: "There is no /page", status: 404 });
  });

  test("a class with private fields is made by its `revive`", () => {
    const error = new Secretive("hush", "42");
    const copy = cross(error);

    expect(copy).toBeInstanceOf(Secretive);
    expect((copy as unknown as Secretive).tell()).toBe("42");
    expect(copy.stack).toBe(error.stack);
  });

  test("an unknown class is a RemoteError with the name of the class, and all that it holds", () => {
    const error = new Unknown("what happened");
    const copy = cross(error);

    expect(copy).toBeInstanceOf(RemoteError);
    expect(copy).toMatchObject({ name: "Unknown", message: "what happened", stack: error.stack });
    expect(copy.detail).toEqual({ deep: [1, new Map([[2, 3]])] });
  });

  test("a class that only is called like a native one is an unknown class", () => {
    const Impostor = { RangeError: class extends Error {} }.RangeError;

    expect(cross(new Impostor("no"))).toBeInstanceOf(RemoteError);
    expect(cross(new Impostor("no"))).toMatchObject({ name: "RangeError", message: "no" });
  });

  test("a branded class keeps its methods", () => {
    const copy = cross(new Branded("no")) as unknown as Branded;

    expect(copy).toBeInstanceOf(Branded);
    expect(copy).not.toBeInstanceOf(RemoteError);
    expect([copy.name, copy.shout()]).toEqual(["Branded", "no!"]);
  });

  test("a branded class that this side has not loaded is an instance all the same", () => {
    const record = { ...(clone(toRecord(new Branded("no"))) as ErrorRecord), className: "tests.Unloaded" };
    const copy = fromRecord(record) as AnyError;

    expect(copy).toBeInstanceOf(RemoteError);
    expect(copy).toBeInstanceOf(Branded);
    expect(copy.name).toBe("Branded");
  });

  test("an error of another realm has the class of this one", () => {
    const copy = cross(runInNewContext("Object.assign(new RangeError('far'), { code: 7 })"));

    expect(copy).toBeInstanceOf(RangeError);
    expect(copy).toMatchObject({ message: "far", code: 7 });
  });

  test.each([[undefined], [null], [0], ["text"], [10n], [{ code: 7 }], [[1, 2]], [new Map([[1, 2]])]])(
    "%s, which is no error, arrives as it is",
    (thrown) => {
      expect(cross(thrown)).toEqual(thrown);
    },
  );

  test("an array of errors is one again", () => {
    expect(cross([new RangeError("a")])).toEqual([expect.any(RangeError)]);
  });

  test.each([
    [Symbol("s"), "A job has thrown Symbol(s)"],
    [function oops() {}, "A job has thrown [Function: oops]"],
  ])("%s, which cannot be cloned, is an error that says so", (thrown, message) => {
    expect(cross(thrown)).toMatchObject({ name: "Error", message });
  });

  test("what cannot be cloned inside an error does not keep the rest from crossing", () => {
    const error = Object.assign(new HttpError("no", 500), {
      config: { url: "/page", transform() {}, nested: { headers: { a: "b" }, parse: () => 0 } },
      callback: () => 1,
      token: Symbol("token"),
      weak: new WeakMap(),
      list: [1, () => 2],
    });
    const copy = cross(error);

    expect(copy).toBeInstanceOf(HttpError);
    expect(copy.config).toEqual({
      url: "/page",
      transform: "[Function: transform]",
      nested: { headers: { a: "b" }, parse: "[Function: parse]" },
    });
    expect(copy).toMatchObject({ callback: "[Function: callback]", token: "Symbol(token)", status: 500 });
    expect(copy.list).toEqual([1, "[Function: anonymous]"]);
  });

  test("an error that resists crosses as far as it can be read", () => {
    const error = new Error("readable");
    Object.defineProperty(error, "trap", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    const endless: Record<string, unknown> = { f() {} };
    endless.self = endless;
    const copy = cross(Object.assign(error, { endless }));

    expect(copy).toMatchObject({ message: "readable" });
    expect(copy.trap).toMatch(/Getter threw/);

    const hostile = new Proxy(new Error("x"), {
      get() {
        throw new Error("no");
      },
      ownKeys() {
        throw new Error("no");
      },
    });
    expect(cross(hostile)).toBeInstanceOf(Error);
  });
});

describe("fromRecord()", () => {
  test("makes a new error each time", () => {
    const record = toRecord(new Error("once"));

    expect(fromRecord(record)).not.toBe(fromRecord(record));
  });

  test("adds where the job was submitted to the stack of the worker", () => {
    const error = new Error("no");
    error.stack = "Error: no\n    at job (file:///jobs.js:1:1)";
    const copy = fromRecord(toRecord(error), { submittedAt: "    at main (file:///main.js:2:2)" }) as Error;

    expect(copy.stack).toBe(
      "Error: no\n    at job (file:///jobs.js:1:1)\n    --- submitted at ---\n    at main (file:///main.js:2:2)",
    );
  });

  test("leaves out the frames of the worker itself, and of what is below it", () => {
    const error = new Error("no");
    error.stack =
      "Error: no\n    at job (file:///jobs.js:1:1)\n    at run (asyncio-ts:worker:1:9)\n    at node:internal/x:1:1";

    expect((fromRecord(toRecord(error)) as Error).stack).toBe("Error: no\n    at job (file:///jobs.js:1:1)");
  });
});

describe("registerError()", () => {
  test("a `revive` that throws leaves a plain error, and warns", () => {
    class Fragile extends Error {}
    const revive = () => {
      throw new RangeError("oops");
    };
    registerError(Fragile, { name: "tests.Fragile", revive });
    const emitted: unknown[] = [];
    const spy = vi
      .spyOn(process, "emitWarning")
      .mockImplementation((...warning: unknown[]) => void emitted.push(warning));
    const copy = fromRecord(toRecord(Object.assign(new Fragile("no"), { code: 7 })));
    spy.mockRestore();

    expect(copy).toBeInstanceOf(Error);
    expect(copy).toMatchObject({ name: "Fragile", message: "no", code: 7 });
    expect(emitted).toEqual([
      [expect.stringContaining("tests.Fragile has thrown: RangeError: oops"), "RuntimeWarning"],
    ]);
  });

  test("a class whose getters need what only its constructor makes does not keep the error from arriving", () => {
    class Guarded extends Error {
      readonly #code: string;
      constructor(code: string) {
        super("guarded");
        this.#code = code;
      }
      override get name(): string {
        return this.#code;
      }
    }
    registerError(Guarded);
    const arrived = fromRecord(structuredClone(toRecord(new Guarded("E1")))) as Error;
    expect(arrived).toBeInstanceOf(Guarded);
    expect([arrived.name, arrived.message]).toEqual(["E1", "guarded"]);
  });

  test("a class that cannot be made at all leaves a stand-in, and warns", () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    class Sealed extends Error {
      constructor(message: string) {
        super(message);
        this.name = "Sealed";
      }
    }
    registerError(Sealed);
    const record = toRecord(new Sealed("no entry"));
    vi.spyOn(Reflect, "construct").mockImplementation(() => {
      throw new TypeError("cannot be made");
    });
    const arrived = fromRecord(record) as Error;
    vi.restoreAllMocks();
    expect(arrived).toMatchObject({ name: "Sealed", message: "no entry" });
    expect(warned.mock.calls[0]?.[0]).toContain("cannot be made again here: TypeError: cannot be made");
  });

  test("warns of two classes by one name", () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    registerError(class First extends Error {}, { name: "twice" });
    registerError(class Second extends Error {}, { name: "twice" });
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      "Two classes of errors are registered as twice: those of the first come back as the second",
    ]);
    warned.mockRestore();
  });

  test("refuses what is no class of errors, and a class without a name", () => {
    expect(() => registerError(Map as never)).toThrow(TypeError);
    expect(() => registerError(undefined as never)).toThrow(TypeError);
    expect(() => registerError(class extends Error {})).toThrow(/name/);
    expect(() => registerError(HttpError, { name: 7 as never })).toThrow(TypeError);
  });
});
