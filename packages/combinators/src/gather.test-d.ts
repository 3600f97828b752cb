import {
  type Coroutine,
  coroutine,
  type Future,
  type GeneratorBody,
  type Startable,
  type Task,
} from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { gather } from "./gather.ts";

declare const future: Future<number>;
declare const task: Task<string>;
declare const call: Coroutine<boolean>;
declare const generator: GeneratorBody<Date>;
declare const promise: Promise<bigint>;
declare const wanted: boolean;

test("a tuple gives a tuple, of whatever kinds", () => {
  const all = gather([future, task, call, generator, promise]);
  expectTypeOf(all).toEqualTypeOf<Future<[number, string, boolean, Date, bigint]>>();
});

test("functions give what their work gives", () => {
  function* pages() {
    const body = yield* future;
    return [body];
  }
  const all = gather([async () => 1, () => task, () => call, pages, () => future, async () => await task]);
  expectTypeOf(all).toEqualTypeOf<Future<[number, string, boolean, number[], number, string]>>();
});

test("calls of coroutine functions keep their types", () => {
  const fetchPage = coroutine(async (id: number) => ({ id }));
  const square = coroutine(function* (n: number) {
    yield* task;
    return n * n;
  });
  expectTypeOf(gather([fetchPage(1), square(2)])).toEqualTypeOf<Future<[{ id: number }, number]>>();
});

test("a tuple that is read-only gives one that is not", () => {
  const pair = [future, task] as const;
  expectTypeOf(gather(pair)).toEqualTypeOf<Future<[number, string]>>();
});

test("arrays and other iterables give arrays", () => {
  expectTypeOf(gather([1, 2].map((n) => async () => n))).toEqualTypeOf<Future<number[]>>();
  expectTypeOf(gather(new Set([task]))).toEqualTypeOf<Future<string[]>>();
  expectTypeOf(gather(new Map([["a", future]]).values())).toEqualTypeOf<Future<number[]>>();
  expectTypeOf(gather([] as (Future<number> | Task<string>)[])).toEqualTypeOf<Future<(number | string)[]>>();
  expectTypeOf(gather([] as Startable<number>[])).toEqualTypeOf<Future<number[]>>();
  expectTypeOf(gather([])).toEqualTypeOf<Future<[]>>();
});

test("with returnExceptions each may be an Error", () => {
  const all = gather([future, async () => "text"], { returnExceptions: true });
  expectTypeOf(all).toEqualTypeOf<Future<[number | Error, string | Error]>>();
  expectTypeOf(gather(new Set([task]), { returnExceptions: true })).toEqualTypeOf<Future<(string | Error)[]>>();
  expectTypeOf(gather([future], { returnExceptions: wanted })).toEqualTypeOf<Future<[number | Error]>>();
  expectTypeOf(gather([future], { returnExceptions: false })).toEqualTypeOf<Future<[number]>>();
  expectTypeOf(gather([future], { signal: AbortSignal.abort() })).toEqualTypeOf<Future<[number]>>();
});

test("the results can be taken apart", async () => {
  const [n, text] = await gather([future, task]);
  expectTypeOf(n).toEqualTypeOf<number>();
  expectTypeOf(text).toEqualTypeOf<string>();
  const inGenerator = function* () {
    const [first] = yield* gather([future, task]);
    return first;
  };
  expectTypeOf(gather([inGenerator])).toEqualTypeOf<Future<[number]>>();
});

test("what cannot be gathered is refused", () => {
  // @ts-expect-error a number is not awaitable
  gather([future, 5]);
  // @ts-expect-error a single future is not a collection
  gather(future);
  // @ts-expect-error nor is a coroutine
  gather(call);
  // @ts-expect-error a function that makes nothing to wait for
  gather([() => 5]);
  // @ts-expect-error no such option
  gather([future], { return_exceptions: true });
});
