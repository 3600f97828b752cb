import { expectTypeOf } from "vitest";
import { type Coroutine, type CoroutineFunction, coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { type Awaitable, ensureFuture, type Startable } from "./ensure-future.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import type { GeneratorBody, Suspension } from "./suspension.ts";
import { Task, type Work } from "./task.ts";

// -- what yield* and await give

function* generator(): GeneratorBody<string> {
  expectTypeOf(yield* sleep(1)).toEqualTypeOf<void>();
  expectTypeOf(yield* sleep(1, 5)).toEqualTypeOf<number>();
  expectTypeOf(yield* new Future<Date>()).toEqualTypeOf<Date>();
  expectTypeOf(yield* createTask(async () => 5)).toEqualTypeOf<number>();
  expectTypeOf(yield* coroutine(async (n: number) => `${n}`)(1)).toEqualTypeOf<string>();
  expectTypeOf(yield* ensureFuture(Promise.resolve(true))).toEqualTypeOf<boolean>();
  expectTypeOf(yield* inferred()).toEqualTypeOf<number>();
  return "text";
}

function* inferred() {
  const value = yield* sleep(1, 1);
  return value + 1;
}

async function native(): Promise<string> {
  expectTypeOf(await sleep(1)).toEqualTypeOf<void>();
  expectTypeOf(await sleep(1, 5)).toEqualTypeOf<number>();
  expectTypeOf(await new Future<Date>()).toEqualTypeOf<Date>();
  expectTypeOf(await createTask(generator)).toEqualTypeOf<string>();
  expectTypeOf(await new Future<number>().then((value) => `${value}`)).toEqualTypeOf<string>();
  expectTypeOf(await new Future<number>().catch(() => "caught" as const)).toEqualTypeOf<number | "caught">();
  expectTypeOf(await new Future<number>().finally(() => {})).toEqualTypeOf<number>();
  return "text";
}

expectTypeOf<ReturnType<typeof inferred>>().toEqualTypeOf<Generator<Suspension, number, unknown>>();
expectTypeOf<Awaited<Future<number>>>().toEqualTypeOf<number>();
expectTypeOf<Awaited<Task<{ a: 1 }>>>().toEqualTypeOf<{ a: 1 }>();
expectTypeOf<Awaited<Coroutine<string[]>>>().toEqualTypeOf<string[]>();
expectTypeOf<Awaited<Future<Future<number>>>>().toEqualTypeOf<number>();

// -- coroutine(): arguments and result are those of the body, in both kinds

const ofGenerator = coroutine(function* (n: number, unit?: string) {
  yield* sleep(n);
  return `${n}${unit ?? ""}`;
});
expectTypeOf(ofGenerator).toEqualTypeOf<CoroutineFunction<[n: number, unit?: string], string>>();
expectTypeOf(ofGenerator).toBeCallableWith(1);
expectTypeOf(ofGenerator).toBeCallableWith(1, "s");
// @ts-expect-error: the first argument is a number
ofGenerator("1");
// @ts-expect-error: the first argument is missing
ofGenerator();

const ofNative = coroutine(async (...words: string[]) => words.length);
expectTypeOf(ofNative).toEqualTypeOf<CoroutineFunction<string[], number>>();

const generic = coroutine(function* <T>(value: T) {
  yield* sleep(0);
  return [value];
});
expectTypeOf(generic("text")).toEqualTypeOf<Coroutine<string[]>>();
expectTypeOf(generic(5)).toEqualTypeOf<Coroutine<number[]>>();

const ofNothing = coroutine(function* () {});
expectTypeOf(ofNothing()).toEqualTypeOf<Coroutine<void>>();

// @ts-expect-error: a body returns something awaitable
coroutine((n: number) => n + 1);

// -- createTask(): of a function, a coroutine, a generator

expectTypeOf(createTask(native)).toEqualTypeOf<Task<string>>();
expectTypeOf(createTask(generator)).toEqualTypeOf<Task<string>>();
expectTypeOf(createTask(generator())).toEqualTypeOf<Task<string>>();
expectTypeOf(createTask(inferred)).toEqualTypeOf<Task<number>>();
expectTypeOf(createTask(ofGenerator(1))).toEqualTypeOf<Task<string>>();
expectTypeOf(createTask(() => ofGenerator(1))).toEqualTypeOf<Task<string>>();
expectTypeOf(createTask(ofNothing)).toEqualTypeOf<Task<void>>();
expectTypeOf(createTask(() => createTask(native))).toEqualTypeOf<Task<string>>();
expectTypeOf(createTask(() => new Future<number>())).toEqualTypeOf<Task<number>>();
expectTypeOf(createTask(async () => {})).toEqualTypeOf<Task<void>>();
expectTypeOf(new Task(inferred)).toEqualTypeOf<Task<number>>();

// @ts-expect-error: a running promise is no work; pass the function
createTask(native());
// @ts-expect-error: nor is a future
createTask(new Future<number>());
// @ts-expect-error: nor a function that needs arguments
createTask((n: number) => sleep(n));
// @ts-expect-error: nor a function that returns nothing awaitable
createTask(() => 5);
// @ts-expect-error: a bare yield of a promise is no suspension
createTask(function* () {
  yield Promise.resolve(5);
});

// -- futures

expectTypeOf(new Future<number>().result()).toEqualTypeOf<number>();
expectTypeOf(new Future<number>().exception()).toEqualTypeOf<unknown>();
// @ts-expect-error: the result is a number
new Future<number>().setResult("text");
new Future<number>().addDoneCallback((future) => expectTypeOf(future).toEqualTypeOf<Future<number>>());
createTask(native).addDoneCallback((task) => expectTypeOf(task).toEqualTypeOf<Task<string>>());

// A future of something is a future of something wider: of nothing known, at the widest.
expectTypeOf<Future<number>>().toExtend<Future<unknown>>();
expectTypeOf<Future<"a">>().toExtend<Awaitable<string>>();
expectTypeOf<Task<number>>().toExtend<Future<number>>();
expectTypeOf<Task<number>>().toExtend<Task<unknown>>();
expectTypeOf<Coroutine<number>>().toExtend<Coroutine<unknown>>();
expectTypeOf<Future<number>>().toExtend<PromiseLike<number>>();

expectTypeOf(ensureFuture(native)).toEqualTypeOf<Future<string>>();
expectTypeOf(ensureFuture(native())).toEqualTypeOf<Future<string>>();
expectTypeOf(ensureFuture(generator())).toEqualTypeOf<Future<string>>();
expectTypeOf(ensureFuture(createTask(native))).toEqualTypeOf<Future<string>>();
expectTypeOf<Work<number>>().toExtend<Startable<number>>();

// The result of a task cannot be set, which the type of what that returns says.
expectTypeOf<Task<number>["setResult"]>().returns.toEqualTypeOf<never>();
expectTypeOf<Task<number>["setException"]>().returns.toEqualTypeOf<never>();
