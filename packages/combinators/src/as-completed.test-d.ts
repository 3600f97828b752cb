import type { Coroutine, Future, Task } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { asCompleted } from "./as-completed.ts";

declare const future: Future<number>;
declare const task: Task<string>;

test("its asynchronous iteration gives futures", async () => {
  for await (const each of asCompleted([task])) expectTypeOf(each).toEqualTypeOf<Task<string>>();
  for await (const each of asCompleted([future, task]))
    expectTypeOf(each).toEqualTypeOf<Future<number> | Task<string>>();
  for await (const each of asCompleted([async () => 1])) expectTypeOf(each).toEqualTypeOf<Task<number>>();
  expectTypeOf(asCompleted([task])).toExtend<AsyncIterable<Task<string>>>();
});

test("its plain iteration gives awaitables of the results", async () => {
  for (const place of asCompleted([future, async () => "text"])) {
    expectTypeOf(place).toEqualTypeOf<Coroutine<number | string>>();
    expectTypeOf(await place).toEqualTypeOf<number | string>();
  }
});

test("a generator body takes its steps with yield*", () => {
  function* body() {
    const iterator = asCompleted([task])[Symbol.asyncIterator]();
    const step = yield* iterator.next();
    if (!step.done) expectTypeOf(step.value).toEqualTypeOf<Task<string>>();
  }
  expectTypeOf(body).returns.toExtend<Iterator<unknown>>();
});
