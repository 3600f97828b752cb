import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { createTask } from "./create-task.ts";
import { CancelledError, InvalidStateError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { awaited, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";

function pending<T>(): Future<T> {
  const loop = new VirtualLoop();
  loop.setExceptionHandler(() => {});
  return new Future<T>({ loop });
}

describe("Future", () => {
  test("new Future() belongs to the running loop", async () => {
    await runVirtual(function* (loop) {
      expect(new Future().getLoop()).toBe(loop);
    });
  });

  test("new Future() belongs to the loop that is given, running or not", () => {
    const loop = new VirtualLoop();
    expect(new Future({ loop }).getLoop()).toBe(loop);
  });

  test("new Future() without a loop is refused", () => {
    expect(() => new Future()).toThrow(
      expect.objectContaining({ name: "RuntimeError", message: expect.stringMatching(/^no running event loop/) }),
    );
  });

  test("a new future is pending: nothing can be read", () => {
    const future = pending();
    expect([future.done(), future.cancelled()]).toEqual([false, false]);
    expect(() => future.result()).toThrow(InvalidStateError);
    expect(() => future.exception()).toThrow(InvalidStateError);
    expect(future.failure()).toBe(null);
  });

  test("setResult() ends the future with the value, once", () => {
    const future = pending<number | undefined>();
    future.setResult(42);
    expect([future.done(), future.cancelled(), future.result(), future.exception()]).toEqual([true, false, 42, null]);
    expect(future.failure()).toBe(null);
    expect(() => future.setResult(43)).toThrow(InvalidStateError);
    expect(() => future.setException(new Error("late"))).toThrow(InvalidStateError);
    expect(future.cancel()).toBe(false);
    expect(future.result()).toBe(42);
  });

  test("setResult() takes undefined and thenables as they are", () => {
    const future = pending<unknown>();
    future.setResult(undefined);
    expect([future.done(), future.result()]).toEqual([true, undefined]);
    const promise = Promise.resolve(1);
    const other = pending<unknown>();
    other.setResult(promise);
    expect(other.result()).toBe(promise);
  });

  for (const error of [new RangeError("boom"), undefined, null, 0, "text", () => {}]) {
    test(`setException(${String(error)}) ends the future with it, once`, () => {
      const future = pending<number>();
      future.setException(error);
      expect([future.done(), future.cancelled()]).toEqual([true, false]);
      expect(future.exception()).toBe(error);
      expect(future.failure()).toEqual({ error });
      let thrown: unknown = "nothing";
      try {
        future.result();
      } catch (caught) {
        thrown = caught;
      }
      expect(thrown).toBe(error);
      expect(() => future.setResult(1)).toThrow(InvalidStateError);
      expect(() => future.setException(new Error("second"))).toThrow(InvalidStateError);
      expect(future.cancel()).toBe(false);
    });
  }

  test("[33] setException() makes an instance of a class of errors", () => {
    class Broken extends RangeError {}
    for (const errorClass of [Error, RangeError, Broken]) {
      const future = pending();
      future.setException(errorClass);
      expect(future.exception()).toBeInstanceOf(errorClass);
    }
  });

  test("[33] setException() of a class that cannot be made without arguments changes nothing", () => {
    class Needy extends Error {
      constructor(details: { readonly text: string }) {
        super(details.text);
      }
    }
    const future = pending();
    expect(() => future.setException(Needy)).toThrow(TypeError);
    expect(future.done()).toBe(false);
  });

  test("setException(CancelledError) is a failure, not a cancellation", () => {
    const future = pending();
    const error = new CancelledError("looks like one");
    future.setException(error);
    expect([future.cancelled(), future.exception()]).toEqual([false, error]);
  });

  test("[31] cancel() ends the future at once: what comes later is refused", () => {
    const future = pending<number>();
    expect(future.cancel("not needed")).toBe(true);
    expect([future.done(), future.cancelled()]).toEqual([true, true]);
    expect(() => future.result()).toThrow(CancelledError);
    expect(() => future.exception()).toThrow("not needed");
    expect(() => future.setResult(1)).toThrow(InvalidStateError);
    expect(() => future.setException(new Error("late"))).toThrow(InvalidStateError);
    expect(future.cancel()).toBe(false);
  });

  test("[8] cancel(message) keeps the message for all who ask", () => {
    const future = pending();
    future.cancel("my message");
    for (let i = 0; i < 3; i++) {
      expect(() => future.result()).toThrow("my message");
      expect(future.failure()).toMatchObject({ error: { name: "CancelledError", reason: "my message" } });
    }
    expect(future.cancelMessage()).toBe("my message");
  });

  test("cancelMessage() is undefined unless there was a cancellation with one", () => {
    const future = pending<number>();
    expect(future.cancelMessage()).toBeUndefined();
    future.setResult(1);
    future.cancel("too late");
    expect(future.cancelMessage()).toBeUndefined();
  });

  test("the message of a refused setResult() says what the future holds", () => {
    const failed = pending<number>();
    failed.setException(new RangeError("boom"));
    expect(() => failed.setResult(1)).toThrow(
      "Cannot set the result of a future that is already done: <Future finished exception=RangeError: boom>",
    );
  });

  eachEngine("[26] the error of a future is the same, with the same stack, however often it is awaited", function* () {
    const future = new Future<void>();
    const error = new TypeError("42");
    const { stack } = error;
    future.setException(error);
    for (let i = 0; i < 5; i++) {
      expect(yield* failureOf(future)).toBe(error);
      expect(error.stack).toBe(stack);
    }
  });

  eachEngine("await of a future that fails with a falsy value throws that value", function* () {
    for (const error of [undefined, null, 0, ""]) {
      const future = new Future<void>();
      const waiting = failureOf(future);
      future.setException(error);
      expect(yield* waiting).toBe(error);
    }
  });

  eachEngine("await of a future wakes all who wait, in the order in which they came", function* ({ loop, body }) {
    const future = new Future<string>();
    const woken: string[] = [];
    const waiter = body(function* (name: string) {
      woken.push(`${name} got ${yield* awaited(future)}`);
    });
    const tasks = ["first", "second", "third"].map((name) => createTask(() => waiter(name)));
    yield* awaited(sleep(0));
    future.setResult("it");
    const { turns } = loop.statistics();
    for (const task of tasks) yield* awaited(task);
    expect(woken).toEqual(["first got it", "second got it", "third got it"]);
    expect(loop.statistics().turns - turns).toBe(2);
  });
});

describe("toString() of a future", () => {
  test("toString() tells the state, without counting as reading it", () => {
    const [waiting, returned, failed, cancelled] = [pending(), pending(), pending(), pending()];
    returned.setResult(1);
    failed.setException(new RangeError("boom"));
    cancelled.cancel();
    expect([waiting, returned, failed, cancelled].map(String)).toEqual([
      "<Future pending>",
      "<Future finished>",
      "<Future finished exception=RangeError: boom>",
      "<Future cancelled>",
    ]);
    expect(failed.isUnsettled()).toBe(true);
  });

  test("toString() names a subclass", () => {
    class Reply extends Future<void> {}
    expect(String(new Reply({ loop: new VirtualLoop() }))).toBe("<Reply pending>");
  });

  test("toString() shows an exception that cannot be shown as a string", () => {
    const failed = pending();
    failed.setException(Object.create(null));
    expect(String(failed)).toBe("<Future finished exception=[object Object]>");
    expect(() => failed.setResult(1)).toThrow(InvalidStateError);
  });

  test("console.log shows a future by its toString()", () => {
    expect(inspect(pending())).toBe("<Future pending>");
    expect(inspect({ inside: pending() })).toBe("{ inside: <Future pending> }");
  });

  test("createdAt is where the future was made, in debug mode", () => {
    expect(new Future({ loop: new VirtualLoop({ debug: false }) }).createdAt).toBeUndefined();
    const future = new Future({ loop: new VirtualLoop({ debug: true }) });
    expect(future.createdAt?.split("\n")[0]).toContain("future.test.ts");
  });
});

describe("bad input of a future", () => {
  test("a pending future cannot be iterated outside of a coroutine", () => {
    expect(() => [...pending()]).toThrow(expect.objectContaining({ name: "RuntimeError" }));
  });

  test("addDoneCallback() refuses what is no function", () => {
    const future = pending();
    for (const callback of [undefined, null, 5, "text", {}]) {
      expect(() => future.addDoneCallback(callback as never)).toThrow(TypeError);
    }
  });

  test("addDoneCallback() refuses what is no context, and adds nothing", () => {
    const future = pending();
    const callback = (): void => {};
    for (const context of [null, 5, {}, new Map()]) {
      expect(() => future.addDoneCallback(callback, { context: context as never })).toThrow(TypeError);
    }
    expect(future.removeDoneCallback(callback)).toBe(0);
  });

  test("new Future() refuses what is no loop", () => {
    for (const loop of [5, "loop", {}]) expect(() => new Future({ loop: loop as never })).toThrow(TypeError);
  });
});
