import type { Coroutine, Future, GeneratorBody, Task } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { FIRST_COMPLETED, type WaitResult, wait } from "./wait.ts";

declare const future: Future<number>;
declare const task: Task<string>;
declare const call: Coroutine<boolean>;
declare const generator: GeneratorBody<Date>;
declare const promise: Promise<bigint>;

test("the sets hold what was given, if it is a future", () => {
  expectTypeOf(wait([task])).toEqualTypeOf<Coroutine<WaitResult<Task<string>>>>();
  expectTypeOf(wait(new Set([future]), { timeout: 1, returnWhen: FIRST_COMPLETED })).toEqualTypeOf<
    Coroutine<WaitResult<Future<number>>>
  >();
  expectTypeOf(wait([future, task])).toEqualTypeOf<Coroutine<WaitResult<Future<number> | Task<string>>>>();
});

test("the sets hold the tasks of work, and the wrappers of promises", async () => {
  expectTypeOf(wait([call])).toEqualTypeOf<Coroutine<WaitResult<Task<boolean>>>>();
  expectTypeOf(wait([generator])).toEqualTypeOf<Coroutine<WaitResult<Task<Date>>>>();
  expectTypeOf(wait([async () => 1])).toEqualTypeOf<Coroutine<WaitResult<Task<number>>>>();
  expectTypeOf(wait([promise])).toEqualTypeOf<Coroutine<WaitResult<Future<bigint>>>>();
  const { done, pending } = await wait([async () => 1]);
  expectTypeOf(done).toEqualTypeOf<Set<Task<number>>>();
  expectTypeOf(pending).toEqualTypeOf<Set<Task<number>>>();
});

test("what cannot be waited for is refused", () => {
  // @ts-expect-error a single future is not a collection
  wait(future);
  // @ts-expect-error a number is not awaitable
  wait([5]);
  // @ts-expect-error no such constant
  wait([future], { returnWhen: "LAST" });
});
