import { brand, LookupError, RuntimeError } from "@asyncio-ts/contextvars";
import { RemoteError, registerError } from "@asyncio-ts/executors";
import { CancelledError, TimeoutError } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { virtualLoop } from "../test/virtual.ts";
import { DeadlockError, KeyboardInterrupt } from "./errors.ts";
import { recordOf, thrownOf } from "./thrown-record.ts";

/** As another thread gets it. */
const sent = (thrown: unknown): unknown => thrownOf(structuredClone(recordOf(thrown)));

function warnings(): unknown[] {
  const found: unknown[] = [];
  const spy = vi.spyOn(process, "emitWarning").mockImplementation((text) => void found.push(String(text)));
  onTestFinished(() => spy.mockRestore());
  return found;
}

class Refused extends Error {
  static {
    brand(this, "tests.platform.Refused");
  }

  readonly #why = "private";

  readonly code: number;

  constructor(code: number) {
    super(`refused with ${code}`);
    this.code = code;
  }

  isFinal(): boolean {
    return this.code > 1;
  }

  hasSecret(): boolean {
    return #why in this && this.#why === "private";
  }
}

describe("an error of a class that both threads know", () => {
  test.each([
    new RangeError("r"),
    new RuntimeError("r"),
    new LookupError("l"),
    new TimeoutError("t"),
    new CancelledError("why"),
    new KeyboardInterrupt(undefined, { signal: "SIGTERM" }),
  ])("keeps its class, what it holds and its stack: %s", (error) => {
    const got = sent(error) as Error;
    expect(got.constructor).toBe(error.constructor);
    expect(got).toEqual(error);
    expect(got.stack).toBe(error.stack);
    expect(Object.keys(got)).toEqual(Object.keys(error));
  });

  test("keeps its methods if the class is branded, and has nothing private", () => {
    const got = sent(new Refused(7)) as Refused;
    expect(got.constructor).toBe(Refused);
    expect([got.code, got.isFinal(), got.hasSecret()]).toEqual([7, true, false]);
  });

  test("keeps its methods if the class is registered", () => {
    class HttpError extends Error {
      readonly status = 404;
      isClientError(): boolean {
        return this.status < 500;
      }
    }
    registerError(HttpError, { name: "tests.platform.HttpError" });
    const got = sent(new HttpError("none")) as HttpError;
    expect(got.constructor).toBe(HttpError);
    expect([got.message, got.isClientError()]).toEqual(["none", true]);
  });

  test("is made by the revive() of its registration, and keeps its stack", () => {
    class Sealed extends Error {
      readonly #seal: string;
      readonly hint: string;
      constructor(hint: string) {
        super("sealed");
        this.#seal = hint;
        this.hint = hint;
      }
      seal(): string {
        return this.#seal;
      }
    }
    registerError(Sealed, {
      name: "tests.platform.Sealed",
      revive: ({ hint }) => new Sealed(String(hint)),
    });
    const error = new Sealed("wax");
    const [got, again] = sent([error, error]) as [Sealed, Sealed];
    expect([got.seal(), got.stack, got === again]).toEqual(["wax", error.stack, true]);
  });

  test("arrives plain, with a warning, if its revive() throws", () => {
    const warned = warnings();
    class Fragile extends Error {}
    registerError(Fragile, {
      name: "tests.platform.Fragile",
      revive: () => {
        throw new RangeError("no wax");
      },
    });
    expect(sent(Object.assign(new Fragile("f"), { code: 3 }))).toMatchObject({ name: "Error", message: "f", code: 3 });
    expect(warned).toEqual([
      "The revive() of the registered error tests.platform.Fragile has thrown: RangeError: no wax",
    ]);
  });
});

describe("a DeadlockError", () => {
  test("tells of its tasks by its message, since they stay in their thread", async () => {
    const loop = virtualLoop();
    onTestFinished(() => loop.close());
    const future = loop.createFuture<void>();
    const error = new DeadlockError([loop.createTask(() => future, { name: "stuck" })]);
    const got = sent(error) as DeadlockError;
    expect(got.constructor).toBe(DeadlockError);
    expect(got).toBeInstanceOf(RuntimeError);
    expect([got.message, got.tasks.length, error.tasks.length]).toEqual([error.message, 0, 1]);
    expect(got.message).toContain("'stuck'");
    future.setResult();
    await loop.runUntilComplete(future);
  });
});

describe("a DOMException", () => {
  test("keeps its name and its code, as that of a fetch that was aborted", () => {
    const error = new DOMException("gone", "AbortError");
    const got = sent(error);
    expect(got).toBeInstanceOf(DOMException);
    expect(got).toMatchObject({ name: "AbortError", message: "gone", code: 20, stack: error.stack });
  });
});

describe("an error of a class that the other thread does not know", () => {
  test("is of the native class above it, and keeps its properties and its name", () => {
    class NotFound extends TypeError {
      override readonly name = "NotFound";
      readonly code = "ENOENT";
      readonly retry = (): void => {};
    }
    const got = sent(new NotFound("no such file"));
    expect(got).toBeInstanceOf(TypeError);
    expect(got).toMatchObject({ name: "NotFound", message: "no such file", code: "ENOENT" });
    expect(typeof (got as NotFound).retry).toBe("string");
  });

  test("is of the closest branded class, and has the brands of all", () => {
    class Late extends TimeoutError {
      static {
        brand(this, "tests.platform.Late");
      }
    }
    const record = structuredClone(recordOf(new Late("late")));
    const [unknown] = (record as unknown as { classNames: string[] }).classNames.splice(0, 2, "tests.platform.Unheard");
    expect(unknown).toBe("tests.platform.Late");
    const got = thrownOf(record) as Error;
    expect(got.constructor).toBe(TimeoutError);
    expect([got instanceof Late, got.name]).toEqual([true, "Late"]);
  });

  test("may have a key that no assignment could set", () => {
    const error = Object.defineProperty(new Error("e"), "__proto__", { value: "a key", enumerable: true });
    const got = sent(error) as Error;
    expect([Object.keys(got), got instanceof Error]).toEqual([["__proto__"], true]);
  });
});

describe("an error that holds others", () => {
  test("keeps them as what they are, also in a circle", () => {
    const cause = new RangeError("cause");
    const error = new AggregateError([cause, 1, new AggregateError([new Refused(1)])], "several", { cause });
    cause.cause = error;
    const got = sent(error) as AggregateError;
    expect(got).toBeInstanceOf(AggregateError);
    expect(got.errors).toEqual([expect.any(RangeError), 1, expect.any(AggregateError)]);
    expect(got.errors[2].errors).toEqual([expect.any(Refused)]);
    expect(got.cause).toBe(got.errors[0]);
    expect((got.cause as Error).cause).toBe(got);
    expect(Object.keys(got)).toEqual([]);
  });

  test("keeps them also as the reason of a CancelledError", () => {
    const reason = new Refused(2);
    const got = sent(new CancelledError(reason)) as CancelledError;
    expect(got.reason).toBeInstanceOf(Refused);
    expect(got.cause).toBe(got.reason);
  });
});

describe("what is no error", () => {
  test.each([[undefined], [null], [0], ["text"], [{ a: [1] }], [[1, 2]], [new Map([[1, 2]])]])(
    "arrives as it is: %o",
    (thrown) => {
      expect(sent(thrown)).toEqual(thrown);
    },
  );

  test.each([[() => {}], [Symbol("s")]])("becomes a text if it cannot be cloned: %s", (thrown) => {
    expect(typeof sent(thrown)).toBe("string");
  });

  test("is a list of errors, if it was one", () => {
    expect(sent([new Refused(1), 2])).toEqual([expect.any(Refused), 2]);
  });
});

describe("an error that resists", () => {
  test("to be read is one that says so", () => {
    const hostile = new Proxy(new Error("x"), {
      ownKeys() {
        throw new RangeError("no entry");
      },
    });
    const message = "Cannot read what was thrown, to send it to another thread: RangeError: no entry";
    expect(sent(hostile)).toMatchObject({ name: "Error", message });
  });

  test("by a chain of causes without end is one that says so", () => {
    let error = new Error("first");
    for (let n = 0; n < 20_000; n++) error = new Error("next", { cause: error });
    expect(sent(error)).toMatchObject({ message: expect.stringContaining("Cannot read what was thrown") });
  });

  test("to be made again leaves a RemoteError of its name, and a warning", () => {
    const warned = warnings();
    class Guarded extends Error {
      override get name(): string {
        return Guarded.#word;
      }
      static #word = "Guarded";
      static fall(): void {
        Object.defineProperty(Guarded.prototype, "name", {
          get() {
            throw new RangeError("no name");
          },
        });
      }
    }
    registerError(Guarded, { name: "tests.platform.Guarded" });
    const record = structuredClone(recordOf(new Guarded("guarded")));
    Guarded.fall();
    const got = thrownOf(record);
    expect(got).toBeInstanceOf(RemoteError);
    expect(got).toMatchObject({ name: "Guarded", message: "guarded" });
    expect(warned).toEqual(["An error Guarded of another thread cannot be made again here: RangeError: no name"]);
  });
});
