import { ContextVar } from "@asyncio-ts/contextvars";
import type { ExceptionContext } from "@asyncio-ts/core";
import { describe, expect, test } from "vitest";
import { collectGarbage, collectGarbageUntil } from "../test/collect-garbage.ts";
import { eachEngine } from "../test/each-engine.ts";
import { createTask } from "./create-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { awaited, collectReports, failureOf, runVirtual, VirtualLoop } from "./testing/index.ts";
import { reportUnretrieved } from "./unretrieved.ts";

const boom = new RangeError("boom");

/** What each test of CPython does with a future that is then dropped, and whether that is reported. */
const cases: readonly [name: string, act: (future: Future<number>) => void, reported: boolean][] = [
  ["[30] a future that is still pending is not reported", () => {}, false],
  [
    "[30] a failed future that was cancelled after it is not reported",
    (future) => {
      future.setException(boom);
      expect(future.cancel()).toBe(false);
    },
    false,
  ],
  ["[30] a result that nobody read is not reported", (future) => future.setResult(42), false],
  [
    "[30] a result that was read is not reported",
    (future) => {
      future.setResult(42);
      future.result();
    },
    false,
  ],
  ["[30] an exception that nobody read is reported", (future) => future.setException(boom), true],
  [
    "[30] an exception that was read by exception() is not reported",
    (future) => {
      future.setException(boom);
      future.exception();
    },
    false,
  ],
  [
    "[30] an exception that was thrown by result() is not reported",
    (future) => {
      future.setException(boom);
      expect(() => future.result()).toThrow(boom);
    },
    false,
  ],
  [
    "an exception that was read by failure() is not reported",
    (future) => {
      future.setException(boom);
      future.failure();
    },
    false,
  ],
  [
    "an exception that was only looked at by done(), cancelled() and toString() is reported",
    (future) => {
      future.setException(boom);
      expect([future.done(), future.cancelled(), String(future)]).toBeDefined();
    },
    true,
  ],
  ["a cancelled future is not reported", (future) => void future.cancel(), false],
];

const report = { message: "Future exception was never retrieved", exception: boom };

describe("an exception that is never retrieved", () => {
  for (const [name, act, reported] of cases) {
    test(`${name}, at the close of the loop`, () => {
      const loop = new VirtualLoop();
      const reports = collectReports(loop);
      const future = new Future<number>({ loop });
      act(future);
      expect(reports).toEqual([]);
      loop.close();
      expect(reports).toMatchObject(reported ? [report] : []);
      expect(future.loop).toBe(loop); // still referred to: what is reported is the close
    });

    test(`${name}, when it is dropped`, async () => {
      const loop = new VirtualLoop();
      const reports = collectReports(loop);
      (() => act(new Future<number>({ loop })))();
      if (reported) await collectGarbageUntil(() => reports.length > 0);
      else await collectGarbage();
      expect(reports).toMatchObject(reported ? [report] : []);
      loop.close();
      expect(reports).toHaveLength(reported ? 1 : 0);
    });
  }

  test("is not reported while somebody holds the future and the loop is open", async () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    const future = new Future<number>({ loop });
    future.setException(boom);
    await collectGarbage();
    await collectGarbage();
    expect(reports).toEqual([]);
    expect(future.exception()).toBe(boom);
    loop.close();
    expect(reports).toEqual([]);
  });

  test("is reported by reportUnretrieved() while the loop is open, once, and not if it was read", () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    const [future, read, pending] = [0, 1, 2].map(() => new Future<number>({ loop })) as [
      Future<number>,
      Future<number>,
      Future<number>,
    ];
    future.setException(boom);
    read.setException(new Error("read"));
    read.exception();
    reportUnretrieved(loop);
    reportUnretrieved(loop);
    expect(reports).toMatchObject([report]);
    expect(reports[0]?.future === future).toBe(true);
    pending.setException(new Error("later"));
    reportUnretrieved(new VirtualLoop());
    expect(reports).toHaveLength(1);
    loop.close();
    expect(reports).toHaveLength(2);
  });

  test("is printed with the task, and with where that was made in debug mode", () => {
    const loop = new VirtualLoop({ debug: true });
    const reports = collectReports(loop);
    const future = new Future<number>({ loop });
    future.setException(boom);
    loop.close();
    expect(reports[0]?.createdAt).toContain("unretrieved.test.ts");
    expect(String(reports[0]?.future)).toBe("<Future finished exception=RangeError: boom>");
  });

  eachEngine("of a task is reported under its name, and not if somebody awaits it", function* ({ loop, body }) {
    const reports = collectReports(loop);
    const failing = body(function* () {
      yield* awaited(sleep(0));
      throw boom;
    });
    const read = createTask(failing, { name: "awaited" });
    expect(yield* failureOf(read)).toBe(boom);
    const waited = createTask(failing, { name: "waited for" });
    waited.addDoneCallback((task) => task.exception());
    const forgotten = createTask(failing, { name: "forgotten" });
    yield* awaited(sleep(1));
    expect(reports).toEqual([]);
    expect(forgotten.done()).toBe(true);

    // The rest is reported at the close of a loop: of another one, since this one is still needed.
    const other = new VirtualLoop();
    const otherReports = collectReports(other);
    createTask(failing, { loop: other, name: "left alone" });
    forgotten.exception();
    other.close();
    expect(otherReports.map((each) => each.message)).toEqual(["Task was destroyed but it is pending!"]);
  });

  test("of a task tells the task, at the close of the loop", async () => {
    const reports: ExceptionContext[] = [];
    await runVirtual(function* (loop) {
      loop.setExceptionHandler((_, context) => void reports.push(context));
      createTask(
        async () => {
          throw boom;
        },
        { name: "forgotten" },
      );
      yield* sleep(1);
    });
    expect(reports).toMatchObject([{ message: "Task exception was never retrieved", exception: boom }]);
    expect(String(reports[0]?.future)).toBe("<Task finished name='forgotten' exception=RangeError: boom>");
  });

  test("of a task tells the task, though that is dropped", async () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    createTask(
      async () => {
        throw boom;
      },
      { loop, name: "dropped" },
    );
    loop.callLater(1, () => loop.stop());
    await loop.runForever();
    await collectGarbageUntil(() => reports.length > 0);
    expect(String(reports[0]?.future)).toBe("<Task finished name='dropped' exception=RangeError: boom>");
    loop.close();
  });

  for (const [when, end] of [
    ["at the close of the loop", async (loop: VirtualLoop) => loop.close()],
    ["when it is dropped", (_: VirtualLoop, isDone: () => boolean) => collectGarbageUntil(isDone)],
  ] as const) {
    test(`[35] the exception handler runs in the context of the failed task, ${when}`, async () => {
      const name = new ContextVar("name", { default: "foo" });
      const loop = new VirtualLoop();
      const seen: string[] = [];
      loop.setExceptionHandler(() => void seen.push(name.get()));
      for (const kind of ["native", "generator"]) {
        const fail = (): never => {
          name.set(`bar of the ${kind}`);
          throw new Error("nobody reads this");
        };
        if (kind === "native") createTask(async () => fail(), { loop });
        else
          createTask(
            function* () {
              fail();
            },
            { loop },
          );
      }
      loop.callLater(1, () => loop.stop());
      await loop.runForever();
      await end(loop, () => seen.length === 2);
      expect(seen.sort()).toEqual(["bar of the generator", "bar of the native"]);
      expect(name.get()).toBe("foo");
    });
  }

  test("[35] the exception handler runs in the context of a handle that failed", async () => {
    const name = new ContextVar("name", { default: "foo" });
    const loop = new VirtualLoop();
    const seen: string[] = [];
    loop.setExceptionHandler(() => void seen.push(name.get()));
    loop.callSoon(() => {
      name.set("bar");
      throw boom;
    });
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    expect([seen, name.get()]).toEqual([["bar"], "foo"]);
  });
});
