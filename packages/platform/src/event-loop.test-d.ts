import { type Coroutine, Future, sleep, type Task } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { EventLoop } from "./event-loop.ts";
import { getEventLoop } from "./policy.ts";
import { run } from "./run.ts";
import type { Runner } from "./runner.ts";
import { getRunningLoop } from "./running-loop.ts";

declare const loop: EventLoop;
declare const runner: Runner;
declare const call: Coroutine<string>;
declare function count(): Generator<never, number>;

test("a task has the type of what its work returns", () => {
  expectTypeOf(loop.createTask(async () => 1)).toEqualTypeOf<Task<number>>();
  expectTypeOf(loop.createTask(call)).toEqualTypeOf<Task<string>>();
  expectTypeOf(loop.createTask(count)).toEqualTypeOf<Task<number>>();
  expectTypeOf(loop.createTask(count())).toEqualTypeOf<Task<number>>();
  expectTypeOf(loop.createTask(sleep(1))).toEqualTypeOf<Task<void>>();
  expectTypeOf(loop.createTask(sleep(1, "text"))).toEqualTypeOf<Task<string>>();
  // @ts-expect-error a running promise cannot be made a task
  loop.createTask(Promise.resolve(1));
  // @ts-expect-error the loop is this one
  loop.createTask(count, { loop });
});

test("a future has the type that it is made for", () => {
  expectTypeOf(loop.createFuture<Date>()).toEqualTypeOf<Future<Date>>();
});

test("a run has the type of what is awaited", () => {
  expectTypeOf(loop.runUntilComplete(new Future<number>())).toEqualTypeOf<Promise<number>>();
  expectTypeOf(loop.runUntilComplete(Promise.resolve("text"))).toEqualTypeOf<Promise<string>>();
  expectTypeOf(run(async () => [1])).toEqualTypeOf<Promise<number[]>>();
  expectTypeOf(run(call)).toEqualTypeOf<Promise<string>>();
  expectTypeOf(run(count)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(runner.run(call)).toEqualTypeOf<Promise<string>>();
  // @ts-expect-error a number cannot be awaited
  void run(1);
});

test("what is running is the loop that programs hold", () => {
  expectTypeOf(getRunningLoop()).toEqualTypeOf<EventLoop>();
  expectTypeOf(getEventLoop()).toEqualTypeOf<EventLoop>();
  loop.setExceptionHandler((each) => expectTypeOf(each).toEqualTypeOf<EventLoop>());
});

test("a loop of one's own class can stand where an event loop is asked for", () => {
  class NamedLoop extends EventLoop {
    readonly name = "mine";
  }
  expectTypeOf<NamedLoop>().toExtend<EventLoop>();
});
