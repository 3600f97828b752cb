import { describe, expect, test } from "vitest";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { CancelledError } from "./errors.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { Task } from "./task.ts";
import { collectReports, runVirtual, VirtualLoop } from "./testing/index.ts";

/** Collect the rejections that nobody handles, in the place of the test runner, while `act` runs. */
async function unhandledDuring(act: () => Promise<void>): Promise<unknown[]> {
  const listeners = process.listeners("unhandledRejection");
  const reasons: unknown[] = [];
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => reasons.push(reason));
  try {
    await act();
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
  return reasons;
}

/** What the three derived promises of `thing` settle to. */
async function derived(thing: PromiseLike<string>): Promise<unknown[]> {
  return [
    await thing.then((value) => `then ${value}`),
    await (thing as Promise<string>).catch(() => "not called"),
    await (thing as Promise<string>).finally(() => "ignored"),
  ];
}

describe("then(), catch() and finally()", () => {
  test("of a future that succeeds derive promises, as those of a promise do", async () => {
    await runVirtual(async (loop) => {
      const future = new Future<string>();
      loop.callLater(1, () => future.setResult("value"));
      expect(future.then()).toBeInstanceOf(Promise);
      expect(await derived(future)).toEqual(["then value", "value", "value"]);
      expect(await derived(createTask(() => sleep(1, "value")))).toEqual(["then value", "value", "value"]);
      expect(await sleep(1, "value").then((value) => value.length)).toBe(5);
    });
  });

  test("of a future that fails pass the very error on", async () => {
    const error = new RangeError("boom");
    await runVirtual(async (loop) => {
      const future = new Future<string>();
      loop.callLater(1, () => future.setException(error));
      expect(await future.then(undefined, (reason: unknown) => reason)).toBe(error);
      expect(await future.catch((reason: unknown) => reason)).toBe(error);
      let cleaned = false;
      const cleanup = future.finally(() => {
        cleaned = true;
      });
      await expect(cleanup).rejects.toBe(error);
      expect(cleaned).toBe(true);
    });
  });

  test("of a coroutine begin it, once", async () => {
    const work = coroutine(async () => {
      await sleep(1);
      return 1;
    });
    await runVirtual(async () => {
      const begun = work();
      expect(await begun.then((value) => value + 1)).toBe(2);
      await expect(begun.then()).rejects.toThrow("already awaited");
      await expect(begun.catch(() => "caught it")).resolves.toBe("caught it");
    });
  });

  test("callbacks of one future keep their order, though the first adds another", async () => {
    await runVirtual(async (loop) => {
      const future = new Future<void>();
      const called: string[] = [];
      const all = [
        future.then(() => {
          called.push("first");
          void future.then(() => called.push("added by the first"));
        }),
        future.then(() => called.push("second")),
      ];
      loop.callSoon(() => future.setResult());
      await Promise.all(all);
      await sleep(0);
      expect(called).toEqual(["first", "second", "added by the first"]);
    });
  });

  test("a cancelled task cancels the future behind a derived promise that it awaits", async () => {
    await runVirtual(async () => {
      const future = new Future<number>();
      const task = createTask(async () => {
        await future.then((value) => value + 1).finally(() => {});
      });
      await sleep(0);
      task.cancel("through the chain");
      await expect(task).rejects.toThrow("through the chain");
      expect([future.cancelled(), task.cancelled()]).toEqual([true, true]);
    });
  });

  test("a named pair of functions is not taken for the resolving functions of a promise", async () => {
    await runVirtual(async () => {
      const future = new Future<number>();
      future.setException(new RangeError("boom"));
      const onFulfilled = (): string => "fulfilled";
      const onRejected = (): string => "rejected";
      expect(await future.then(onFulfilled, onRejected)).toBe("rejected");
    });
  });

  test("a callback beside the resolving function of a promise is called as that of a promise", async () => {
    await runVirtual(async (loop) => {
      const reports = collectReports(loop);
      const order: string[] = [];
      const future = new Future<void>();
      future.setException(new RangeError("boom"));
      const thrown = await unhandledDuring(async () => {
        let derivedPromise: Promise<void> | undefined;
        void new Promise<void>((resolve) => {
          derivedPromise = future.then(resolve, () => {
            order.push("callback");
            throw new Error("in the callback");
          });
          order.push("then() has returned");
        });
        await expect(derivedPromise).rejects.toThrow("in the callback");
      });
      expect(order).toEqual(["then() has returned", "callback"]);
      expect(thrown).toEqual([]);
      expect(reports).toEqual([]);
    });
  });
});

describe("Node's unhandledRejection", () => {
  test("is not raised by futures and tasks that fail, of either kind of body", async () => {
    const loop = new VirtualLoop();
    const reports = collectReports(loop);
    const unhandled = await unhandledDuring(async () => {
      const boom = (): never => {
        throw new Error("boom");
      };
      createTask(async () => boom(), { loop });
      createTask(
        async () => {
          await sleep(1);
          boom();
        },
        { loop },
      );
      createTask(
        function* () {
          yield* sleep(1);
          boom();
        },
        { loop },
      );
      new Future({ loop }).setException(new Error("boom"));
      createTask(() => sleep(10), { loop }).cancel();
      loop.callLater(2, () => loop.stop());
      await loop.runForever();
      loop.close();
    });
    expect(unhandled).toEqual([]);
    expect(reports).toHaveLength(4);
  });

  test("is raised by a promise that somebody has derived from them, as by any promise", async () => {
    const error = new Error("boom");
    const unhandled = await unhandledDuring(async () => {
      await runVirtual(async () => {
        const future = new Future<void>();
        future.setException(error);
        void future.then(() => {});
        await sleep(1);
      });
    });
    expect(unhandled).toEqual([error]);
  });
});

describe("await outside of any task", () => {
  test("in a callback of the loop just waits, and keeps the order of the loop", async () => {
    const order: string[] = [];
    await runVirtual(async (loop) => {
      const future = new Future<string>();
      loop.callSoon(async () => {
        order.push(`callback got ${await future}`);
      });
      future.addDoneCallback(() => order.push("added later, by the task"));
      await sleep(0);
      future.addDoneCallback(() => order.push("added last"));
      future.setResult("it");
      await sleep(0);
      await sleep(0);
    });
    expect(order).toEqual(["added later, by the task", "callback got it", "added last"]);
  });

  test("in a callback cannot be cancelled by anybody's task", async () => {
    await runVirtual(async (loop) => {
      const future = new Future<string>();
      const got: string[] = [];
      loop.callSoon(async () => void got.push(await future));
      const task = createTask(() => sleep(10));
      await sleep(0);
      task.cancel();
      future.setResult("undisturbed");
      await sleep(1);
      expect(got).toEqual(["undisturbed"]);
    });
  });

  test("at the top level, while a loop runs, waits for its tasks", async () => {
    const loop = new VirtualLoop();
    const task = createTask(() => sleep(5, "done"), { loop });
    const failing = createTask(
      async () => {
        await sleep(1);
        throw new RangeError("boom");
      },
      { loop },
    );
    const running = loop.runForever();
    await expect(failing).rejects.toThrow("boom");
    expect(await task).toBe("done");
    expect(await Promise.all([task, task])).toEqual(["done", "done"]);
    loop.stop();
    await running;
    loop.close();
  });

  test("works for what is done, when the loop has stopped and when it is closed", async () => {
    const loop = new VirtualLoop();
    const cancelled = new Future<number>({ loop });
    cancelled.cancel("gone");
    const returned = new Future<number>({ loop });
    returned.setResult(1);
    const failed = new Future<number>({ loop });
    failed.setException(new RangeError("boom"));
    const tryAll = async (): Promise<void> => {
      expect(await returned).toBe(1);
      expect(await returned.then((value) => value + 1)).toBe(2);
      await expect(failed).rejects.toThrow("boom");
      await expect(cancelled).rejects.toThrow(CancelledError);
      await expect(cancelled.finally(() => {})).rejects.toThrow("gone");
    };
    await tryAll();
    loop.close();
    await tryAll();
  });

  test("ends when the future is settled, though the loop does not run, or is closed", async () => {
    for (const prepare of [() => {}, (loop: VirtualLoop) => loop.close()]) {
      const loop = new VirtualLoop();
      const future = new Future<number>({ loop });
      const awaited = future.then((value) => value);
      prepare(loop);
      future.setResult(1);
      expect(await awaited).toBe(1);
    }
  });

  test("ends when the loop is closed with the outcome still queued", async () => {
    const loop = new VirtualLoop();
    const future = new Future<number>({ loop });
    const awaited = Promise.resolve(future);
    loop.callSoon(() => {
      future.setResult(1);
      loop.stop();
    });
    await new Promise((resolve) => setImmediate(resolve));
    await loop.runForever();
    loop.close();
    expect(await awaited).toBe(1);
  });

  test("of another loop's future in a task is refused, in a callback it waits", async () => {
    const other = new VirtualLoop();
    const future = new Future<string>({ loop: other });
    await runVirtual(async (loop) => {
      await expect((async () => await future)()).rejects.toThrow("attached to a different loop");
      const got: string[] = [];
      loop.callSoon(async () => void got.push(await future));
      await sleep(0);
      future.setResult("from elsewhere");
      await sleep(1);
      expect(got).toEqual(["from elsewhere"]);
    });
  });
});

describe("an async function that outlives its task", () => {
  async function straggler(log: unknown[], future: Future<string>): Promise<void> {
    try {
      log.push(await future);
      await sleep(1);
      log.push("slept");
    } catch (error) {
      log.push(error);
    }
  }

  test("goes on awaiting, and is in no task", async () => {
    const log: unknown[] = [];
    await runVirtual(async () => {
      const future = new Future<string>();
      const task = createTask(async () => void straggler(log, future));
      await task;
      expect(task.cancel()).toBe(false);
      future.setResult("got it");
      await sleep(2);
    });
    expect(log).toEqual(["got it", "slept"]);
  });

  test("does not keep the task from ending, nor is it cancelled with it", async () => {
    const log: unknown[] = [];
    const future = await runVirtual(async () => {
      const abandoned = new Future<string>();
      const task: Task<void> = createTask(async () => {
        void straggler(log, abandoned);
        throw new CancelledError("the task itself");
      });
      await expect(task).rejects.toThrow("the task itself");
      expect(abandoned.done()).toBe(false);
      return [abandoned];
    });
    expect(future).toHaveLength(1);
    expect(log).toEqual([]);
  });

  test("goes on in a later run, on another loop", async () => {
    const log: unknown[] = [];
    const gate = newGate();
    await runVirtual(async () => {
      const done = new Future<string>();
      done.setResult("done before");
      await createTask(async () => void gate.promise.then(() => straggler(log, done)));
    });
    await runVirtual(async () => {
      gate.resolve();
      await sleep(2);
    });
    expect(log).toEqual(["done before", "slept"]);
  });

  test("that awaits a future after its loop is closed ends when that is settled", async () => {
    const gate = newGate();
    let finished: Promise<string> | undefined;
    const { pending } = await runVirtual(async () => {
      const future = new Future<string>();
      await createTask(async () => {
        finished = (async () => {
          await gate.promise;
          return await future;
        })();
      });
      return { pending: future };
    });
    gate.resolve();
    await new Promise(setImmediate);
    pending.setResult("late");
    expect(await finished).toBe("late");
  });

  test("that awaits a done future after its loop is closed goes on", async () => {
    const log: unknown[] = [];
    let goOn = (): void => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let finished: Promise<void> | undefined;
    await runVirtual(async () => {
      const done = new Future<string>();
      done.setResult("done before");
      createTask(async () => {
        finished = (async () => {
          await gate;
          log.push(await done);
          log.push(await sleep(0).catch((error: unknown) => (error as Error).message));
        })();
      });
      await sleep(0);
    });
    goOn();
    await finished;
    expect(log).toEqual(["done before", expect.stringMatching(/^no running event loop/)]);
  });
});

function newGate(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}
