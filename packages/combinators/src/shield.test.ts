import { getEventListeners } from "node:events";
import type { ExceptionContext } from "@asyncio-ts/core";
import { CancelledError, coroutine, createTask, Future, sleep, Task } from "@asyncio-ts/tasks";
import { awaited, collectReports, failureOf, turnsOf, VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { WatchedFuture } from "../test/watched-future.ts";
import { gather } from "./gather.ts";
import { shield } from "./shield.ts";

function messages(reports: readonly ExceptionContext[]): string[] {
  return reports.map(({ message }) => message);
}

const behindShield = "Exception in a shielded future, which nobody waits for since its shield was cancelled";

describe("shield()", () => {
  eachEngine("ends as the inner one ends", function* () {
    const returning = new Future<number>();
    const outerOfReturning = shield(returning);
    expect([outerOfReturning === returning, outerOfReturning.done()]).toEqual([false, false]);
    returning.setResult(1);
    expect(yield* awaited(outerOfReturning)).toBe(1);

    const failing = new Future<number>();
    const outerOfFailing = shield(failing);
    const error = new Error("own");
    failing.setException(error);
    expect(yield* failureOf(outerOfFailing)).toBe(error);

    const cancelled = new Future<number>();
    const outerOfCancelled = shield(cancelled);
    cancelled.cancel();
    expect(yield* failureOf(outerOfCancelled)).toBeInstanceOf(CancelledError);
    expect(outerOfCancelled.cancelled()).toBe(true);
  });

  eachEngine("hands back what is done, as it is", function* () {
    const done = new Future<number>();
    done.setResult(1);
    expect(shield(done) === done).toBe(true);
    expect(yield* awaited(shield(done))).toBe(1);
  });

  eachEngine("starts work at once, once, as a task", function* ({ body }) {
    let runs = 0;
    const work = body(function* () {
      return ++runs;
    });
    const outer = shield(work);
    expect(outer instanceof Task).toBe(false);
    yield* awaited(sleep(0));
    expect([runs, outer.done()]).toEqual([1, false]);
    expect([yield* awaited(outer), yield* awaited(shield(coroutine(work)()))]).toEqual([1, 2]);
    expect(yield* awaited(shield(Promise.resolve(3)))).toBe(3);
  });

  eachEngine("wakes whoever waits one turn after the inner one's callbacks, in their order", function* ({ loop }) {
    const inner = new Future<void>();
    const log: string[] = [];
    inner.addDoneCallback(() => log.push("1 inner, before"));
    const outer = shield(inner);
    inner.addDoneCallback(() => {
      log.push("2 inner, after");
      expect(outer.done()).toBe(true);
    });
    outer.addDoneCallback(() => log.push("4 outer"));
    inner.setResult();
    loop.callSoon(() => log.push("3 next"));
    expect(yield* turnsOf(loop, awaited(outer))).toBe(2);
    expect(log).toEqual(["1 inner, before", "2 inner, after", "3 next", "4 outer"]);
  });

  eachEngine("[53] leaves the work alone when the outer one is cancelled", function* ({ loop, body }) {
    const reports = collectReports(loop);
    const log: string[] = [];
    const task = createTask(
      body(function* () {
        yield* awaited(
          shield(
            body(function* () {
              yield* awaited(sleep(5));
              log.push("saved");
            }),
          ),
        );
      }),
    );
    yield* awaited(sleep(1));
    task.cancel("outside");
    expect(((yield* failureOf(task)) as CancelledError).reason).toBe("outside");
    expect(log).toEqual([]);
    yield* awaited(sleep(10));
    expect([log, messages(reports)]).toEqual([["saved"], []]);
  });

  eachEngine("[53] cancelled, ignores what becomes of the inner one", function* ({ loop }) {
    const reports = collectReports(loop);
    for (const ending of ["result", "cancel", "result in the same turn"]) {
      const inner = new Future<number>();
      const outer = shield(inner);
      outer.cancel();
      if (ending !== "result in the same turn") yield* awaited(sleep(1));
      if (ending === "cancel") inner.cancel();
      else inner.setResult(1);
      yield* awaited(sleep(1));
      expect(outer.cancelled()).toBe(true);
    }
    expect(messages(reports)).toEqual([]);
  });

  eachEngine("[53] cancelled, waits for the inner one no more, but to report", function* () {
    const inner = new WatchedFuture<void>();
    const outers = Array.from({ length: 100 }, () => shield(inner));
    expect(inner.waiters.size).toBe(100);
    for (const outer of outers) outer.cancel();
    yield* awaited(sleep(0));
    expect(inner.waiters.size).toBe(1);
  });

  eachEngine("[54] reports a failure that comes after the outer one was cancelled, once", function* ({ loop }) {
    const reports = collectReports(loop);
    const inner = new Future<number>();
    const outers = [shield(inner), shield(inner), shield(inner)];
    const [first, second, third] = outers as [Future<number>, Future<number>, Future<number>];
    first.cancel();
    yield* awaited(sleep(1));
    second.cancel();
    yield* awaited(sleep(1));
    const error = new Error("own");
    inner.setException(error);
    expect(yield* failureOf(third)).toBe(error);
    yield* awaited(sleep(1));
    expect(messages(reports)).toEqual([behindShield]);
    expect([reports[0]?.exception === error, reports[0]?.future === inner]).toEqual([true, true]);
  });

  eachEngine("[54] reports after all others have heard of it", function* ({ loop }) {
    const log: string[] = [];
    loop.setExceptionHandler(() => log.push("report"));
    const inner = new Future<number>();
    const [first, second] = [shield(inner), shield(inner)];
    first.cancel();
    yield* awaited(sleep(1));
    inner.addDoneCallback(() => log.push("callback"));
    second.cancel();
    yield* awaited(sleep(1));
    inner.setException(new Error("own"));
    yield* awaited(sleep(1));
    expect(log).toEqual(["callback", "report"]);
  });

  eachEngine("around a gathering, and in one", function* ({ body }) {
    const [a, b] = [new Future<number>(), new Future<number>()];
    const gathering = gather([a, b]);
    const outer = shield(gathering);
    outer.cancel();
    yield* awaited(sleep(0));
    expect([a.cancelled(), gathering.done()]).toEqual([false, false]);
    a.setResult(1);
    b.setResult(2);
    expect(yield* awaited(gathering)).toEqual([1, 2]);

    const work = createTask(() => sleep(5, "done"));
    const waiting = createTask(
      body(function* () {
        yield* awaited(gather([shield(work), sleep(60)]));
      }),
    );
    yield* awaited(sleep(1));
    waiting.cancel();
    expect(yield* failureOf(waiting)).toBeInstanceOf(CancelledError);
    expect(yield* awaited(work)).toBe("done");
  });

  eachEngine("fails with the reason of its signal, and the work goes on", function* ({ loop }) {
    const controller = new AbortController();
    const { signal } = controller;
    const work = createTask(() => sleep(5, "done"));
    loop.callLater(1, () => controller.abort("enough"));
    const outer = shield(work, { signal });
    expect(yield* failureOf(outer)).toBe("enough");
    expect([outer.cancelled(), loop.time()]).toEqual([false, 1]);
    expect(yield* awaited(work)).toBe("done");

    const other = new AbortController();
    yield* awaited(shield(sleep(1), { signal: other.signal }));
    yield* awaited(sleep(0));
    expect(getEventListeners(other.signal, "abort")).toEqual([]);
  });

  eachEngine("is not disturbed by an abort in the turn in which it ends", function* ({ loop }) {
    const controller = new AbortController();
    const inner = new Future<string>();
    const outer = shield(inner, { signal: controller.signal });
    inner.setResult("done");
    loop.callSoon(() => {
      expect(outer.done()).toBe(true);
      controller.abort();
    });
    expect(yield* awaited(outer)).toBe("done");
  });

  eachEngine("with a signal that was aborted before, begins nothing and leaves alone what runs", function* ({ body }) {
    const signal = AbortSignal.abort("before");
    let runs = 0;
    const work = body(function* () {
      runs++;
    });
    const running = createTask(() => sleep(1, "done"));
    const call = coroutine(work)();
    for (const aw of [work, call, running]) expect(yield* failureOf(shield(aw, { signal }))).toBe("before");
    expect(yield* awaited(running)).toBe("done");
    expect(runs).toBe(0);
    expect(((yield* failureOf(call)) as Error).message).toContain("Cannot reuse the coroutine");
  });

  eachEngine("refuses at the call what makes no sense, and closes a coroutine that will not run", function* () {
    expect(() => shield(5 as never)).toThrow("shield() cannot wait for 5");
    const refused = sleep(1);
    expect(() => shield(refused, { signal: 1 as never })).toThrow("shield() needs an AbortSignal");
    expect(((yield* failureOf(refused)) as Error).message).toContain("Cannot reuse the coroutine");
  });

  test("belongs to the loop of the inner one, and needs none that runs", () => {
    const loop = new VirtualLoop();
    expect(shield(new Future<void>({ loop })).getLoop()).toBe(loop);
    loop.close();
    expect(() => shield(async () => {})).toThrow("no running event loop");
  });

  eachEngine("[44] of a gathering that is cancelled is cancelled alone: what it shields goes on", function* () {
    const inner = [new Future<number>(), new Future<number>()];
    const shields = inner.map((each) => shield(each));
    const all = gather(shields);
    yield* awaited(sleep(0));
    all.cancel();
    expect(yield* failureOf(all)).toBeInstanceOf(CancelledError);
    expect([shields.map((each) => each.cancelled()), inner.map((each) => each.done())]).toEqual([
      [true, true],
      [false, false],
    ]);
    for (const [index, each] of inner.entries()) each.setResult(index);
    expect([yield* awaited(inner[0] as Future<number>), yield* awaited(inner[1] as Future<number>)]).toEqual([0, 1]);
  });

  eachEngine("[44] around a gathering lets that complete when it is cancelled itself", function* ({ loop }) {
    const all = gather([sleep(1, "a"), sleep(2, "b")]);
    const shielded = shield(all);
    yield* awaited(sleep(0));
    shielded.cancel();
    expect(yield* failureOf(shielded)).toBeInstanceOf(CancelledError);
    expect([yield* awaited(all), loop.time()]).toEqual([["a", "b"], 2]);
  });
});
