import { AsyncLocalStorage } from "node:async_hooks";
import { ContextVar, copyContext } from "@asyncio-ts/contextvars";
import { describe, expect, test } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { createTask } from "./create-task.ts";
import { currentTask } from "./current-task.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { Task } from "./task.ts";
import { awaited, failureOf, runVirtual } from "./testing/index.ts";

describe("the context of a task", () => {
  eachEngine("[95] is a copy of the creator's at that moment; its changes stay inside", function* ({ body }) {
    const variable = new ContextVar("cvar", { default: "nope" });
    const seen: string[] = [];
    const task = createTask(
      body(function* () {
        yield* awaited(sleep(0.01));
        seen.push(variable.get());
        variable.set("something else");
      }),
    );
    variable.set("yes");
    yield* awaited(task);
    expect([seen, variable.get()]).toEqual([["nope"], "yes"]);
  });

  eachEngine("[95] holds what each of 100 tasks sets, however they interleave", function* ({ body }) {
    const variable = new ContextVar("cvar", { default: -1 });
    const mismatches: unknown[] = [];
    const worker = body(function* (number: number) {
      for (let i = 0; i < 10; i++) {
        variable.set(number + i);
        yield* awaited(sleep(((number * 31 + i * 17) % 50) / 1000));
        if (variable.get() !== number + i) mismatches.push([number, i]);
      }
    });
    const tasks = Array.from({ length: 100 }, (_, number) => createTask(() => worker(number)));
    for (const task of tasks) yield* awaited(task);
    expect([mismatches, variable.get()]).toEqual([[], -1]);
  });

  eachEngine("[95] is the one that is given, shared and changed by those that get it", function* ({ body }) {
    const variable = new ContextVar<number>("cvar");
    const setTo = body(function* (value: number) {
      yield* awaited(sleep(0));
      variable.set(value);
    });
    const context = copyContext();
    const seen = [context.get(variable)];
    yield* awaited(createTask(() => setTo(1), { context }));
    seen.push(context.get(variable));
    yield* awaited(createTask(() => setTo(2), { context }));
    seen.push(context.get(variable));
    expect(seen).toEqual([undefined, 1, 2]);
    expect(variable.get(0)).toBe(0);
  });

  eachEngine("[95] may be shared by two tasks at the same time", function* ({ body }) {
    const variable = new ContextVar("cvar", { default: "" });
    const context = copyContext();
    const append = body(function* (letter: string) {
      for (let i = 0; i < 3; i++) {
        variable.set(variable.get() + letter);
        yield* awaited(sleep(0));
      }
    });
    const tasks = ["a", "b"].map((letter) => createTask(() => append(letter), { context }));
    for (const task of tasks) yield* awaited(task);
    expect(context.get(variable)).toBe("ababab");
  });

  eachEngine("[34] is not changed by the callbacks of what the task awaits", function* ({ loop, body }) {
    const variable = new ContextVar("cvar", { default: "nope" });
    const main = createTask(
      body(function* () {
        const before = variable.get();
        for (let j = 0; j < 2; j++) {
          const future = new Future<void>();
          future.addDoneCallback(() => variable.set("something else"));
          variable.set(`yes${j}`);
          loop.callSoon(() => future.setResult());
          yield* awaited(future);
          expect(variable.get()).toBe(`yes${j}`);
          for (let i = 0; i < 3; i++) {
            variable.set(`yes${i}-${j}`);
            yield* awaited(sleep(0.001));
            expect(variable.get()).toBe(`yes${i}-${j}`);
          }
        }
        return before;
      }),
    );
    expect(yield* awaited(main)).toBe("nope");
    expect(variable.get()).toBe("nope");
  });

  eachEngine("is that of the task in a call that it awaits: what the call sets stays set", function* ({ body }) {
    const variable = new ContextVar("cvar", { default: "before" });
    const set = body(function* () {
      yield* awaited(sleep(0));
      variable.set("set by the call");
      yield* awaited(sleep(0));
    });
    yield* awaited(set());
    expect(variable.get()).toBe("set by the call");
  });

  eachEngine("is left alone by who cancels the task, settles its future, or reads its result", function* ({ body }) {
    const variable = new ContextVar("cvar", { default: "nope" });
    const future = new Future<void>();
    const seen: string[] = [];
    const make = (): Task<void> =>
      createTask(
        body(function* () {
          try {
            yield* awaited(future);
          } finally {
            seen.push(variable.get());
          }
        }),
      );
    variable.set("creator");
    const tasks = [make(), make()];
    yield* awaited(sleep(0));
    variable.set("canceller");
    tasks[0]?.cancel();
    for (const task of tasks) yield* failureOf(task);
    expect(seen).toEqual(["creator", "creator"]);
  });

  test("Context.run() inside a task keeps the task, over the awaits of a native body", async () => {
    const variable = new ContextVar("cvar", { default: "outside" });
    await runVirtual(async () => {
      const task = currentTask();
      const context = copyContext();
      const inside = await context.run(async () => {
        variable.set("inside");
        await sleep(1);
        return [variable.get(), currentTask() === task];
      });
      expect(inside).toEqual(["inside", true]);
      expect([variable.get(), context.get(variable), currentTask() === task]).toEqual(["outside", "inside", true]);
    });
  });

  test("Context.run() inside a task is reached by its cancellation", async () => {
    await runVirtual(async () => {
      const task = createTask(async () => {
        await copyContext().run(async () => await sleep(10));
      });
      await sleep(0);
      task.cancel("through the context");
      await expect(task).rejects.toThrow("through the context");
    });
  });
});

describe("somebody else's AsyncLocalStorage", () => {
  const storage = new AsyncLocalStorage<string>();

  eachEngine("is carried into a task from where that was made, as setTimeout() would", function* ({ body }) {
    const seen: (string | undefined)[] = [];
    const look = body(function* () {
      seen.push(storage.getStore());
      yield* awaited(sleep(1));
      seen.push(storage.getStore());
      yield* awaited(sleep(0));
      seen.push(storage.getStore());
    });
    const traced = storage.run("traced", () => createTask(look));
    const plain = createTask(look);
    yield* awaited(traced);
    yield* awaited(plain);
    expect(seen).toEqual(["traced", undefined, "traced", undefined, "traced", undefined]);
  });

  eachEngine("is carried into a task that begins eagerly, and given back to the creator", function* ({ body }) {
    const seen: (string | undefined)[] = [];
    const look = body(function* () {
      seen.push(storage.getStore());
      yield* awaited(sleep(1));
      seen.push(storage.getStore());
    });
    const task = storage.run("creator", () => {
      const eager = createTask(look, { eagerStart: true });
      seen.push(storage.getStore());
      return eager;
    });
    yield* awaited(task);
    expect(seen).toEqual(["creator", "creator", "creator"]);
  });

  eachEngine("is carried into a done callback from where that was added", function* () {
    const future = new Future<void>();
    const seen: (string | undefined)[] = [];
    storage.run("adder", () => future.addDoneCallback(() => seen.push(storage.getStore())));
    future.addDoneCallback(() => seen.push(storage.getStore()));
    storage.run("setter", () => future.setResult());
    yield* awaited(future);
    yield* awaited(sleep(0));
    expect(seen).toEqual(["adder", undefined]);
  });

  eachEngine("is not leaked by who settles the future that a task awaits", function* ({ loop, body }) {
    const future = new Future<void>();
    const task = storage.run("task", () =>
      createTask(
        body(function* () {
          yield* awaited(future);
          return storage.getStore();
        }),
      ),
    );
    yield* awaited(sleep(0));
    loop.callSoon(() => storage.run("setter", () => future.setResult()));
    expect(yield* awaited(task)).toBe("task");
    expect(storage.getStore()).toBeUndefined();
  });

  test("set inside a native body stays over its awaits", async () => {
    await runVirtual(async () => {
      await storage.run("inside", async () => {
        await sleep(1);
        expect(storage.getStore()).toBe("inside");
        await createTask(async () => {
          await sleep(1);
          expect(storage.getStore()).toBe("inside");
        });
        expect(storage.getStore()).toBe("inside");
      });
      expect(storage.getStore()).toBeUndefined();
    });
  });
});
