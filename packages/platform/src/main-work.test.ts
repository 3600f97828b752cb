import { Context } from "@asyncio-ts/contextvars";
import { coroutine, sleep } from "@asyncio-ts/tasks";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { virtualLoop } from "../test/virtual.ts";
import { checkRun, closeUnused, toWork } from "./main-work.ts";

const answer = coroutine(function* answer() {
  yield* sleep(0);
  return 42;
});

function newLoop() {
  const loop = virtualLoop();
  onTestFinished(() => loop.close());
  return loop;
}

describe("checkRun()", () => {
  test("lets pass what can be run: a function, a coroutine, a future", () => {
    const main = answer();
    for (const work of [answer, main, newLoop().createFuture()]) expect(() => checkRun("f()", work, {})).not.toThrow();
    main.close();
  });

  test("lets the options of a run pass", () => {
    const options = { context: new Context(), signal: new AbortController().signal };
    expect(() => checkRun("f()", answer, options)).not.toThrow();
  });

  test("tells who passes a promise what to pass", () => {
    expect(() => checkRun("f()", Promise.resolve(), {})).toThrow(
      new TypeError("f() cannot run a promise, which runs already; pass the function: run(main), not run(main())"),
    );
  });

  test.each([[undefined], [null], [1], ["main"], [{}]])("refuses %j for its work", (work) => {
    expect(() => checkRun("f()", work, {})).toThrow(TypeError);
    expect(() => checkRun("f()", work, {})).toThrow("f() needs a function, a coroutine or a future, not");
  });

  test.each([
    [{ context: new Map() }, "f() needs a Context as option context, not [object Map]"],
    [{ signal: "stop" }, 'f() needs an AbortSignal as option signal, not "stop"'],
  ])("refuses an option of the wrong type: %o", (options, message) => {
    expect(() => checkRun("f()", answer, options as never)).toThrow(new TypeError(message));
  });

  test("refuses to run inside a running loop, and names a mistake in its arguments first", async () => {
    await newLoop().runUntilComplete(async () => {
      expect(() => checkRun("f()", answer, {})).toThrow("f() cannot be called from a running event loop");
      expect(() => checkRun("f()", null, {})).toThrow(TypeError);
    });
  });
});

describe("toWork()", () => {
  test("leaves functions and coroutines as they are", () => {
    const main = answer();
    expect(toWork(answer, newLoop()) === answer).toBe(true);
    expect(toWork(main, newLoop()) === main).toBe(true); // to compare more would await it
    main.close();
  });

  test("awaits a future in a coroutine, which can be cancelled", async () => {
    const loop = newLoop();
    const future = loop.createFuture<number>();
    const task = loop.createTask(toWork(future, loop));
    loop.callSoon(() => future.setResult(7));
    expect(await loop.runUntilComplete(task)).toBe(7);

    const waiting = loop.createFuture<number>();
    const cancelled = loop.createTask(toWork(waiting, loop));
    loop.callSoon(() => cancelled.cancel());
    await expect(loop.runUntilComplete(cancelled)).rejects.toThrow("");
    expect([cancelled.cancelled(), waiting.cancelled()]).toEqual([true, true]);
  });

  test("refuses a future of another loop", () => {
    const future = newLoop().createFuture();
    expect(() => toWork(future, newLoop())).toThrow("loop");
  });
});

describe("closeUnused()", () => {
  test("closes a coroutine, which begins no more", () => {
    const begun = vi.fn<() => void>();
    const main = coroutine(function* () {
      begun();
      yield* sleep(0);
    })();
    closeUnused(main);
    expect(() => main[Symbol.iterator]()).toThrow("already awaited");
    expect(begun).not.toHaveBeenCalled();
  });

  test("leaves all else alone", () => {
    for (const work of [undefined, null, 1, answer, Promise.resolve()]) expect(() => closeUnused(work)).not.toThrow();
  });
});
