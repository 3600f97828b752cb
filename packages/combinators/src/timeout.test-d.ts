import type { Coroutine, Future } from "@asyncio-ts/tasks";
import { createTask, sleep } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { moveOnAfter, moveOnAt } from "./move-on-after.ts";
import { shield } from "./shield.ts";
import { shielded } from "./shielded.ts";
import { timeout, timeoutAt } from "./timeout.ts";
import type { Timeout } from "./timeout-scope.ts";
import { waitFor } from "./wait-for.ts";

async function native(): Promise<number> {
  return await sleep(1, 1);
}

function* generator() {
  return yield* sleep(1, "text");
}

test("the result of a timeout is that of its body, of either kind", () => {
  expectTypeOf(timeout(1, native)).toEqualTypeOf<Coroutine<number>>();
  expectTypeOf(timeout(null, generator)).toEqualTypeOf<Coroutine<string>>();
  expectTypeOf(timeoutAt(1, async (scope) => scope.when())).toEqualTypeOf<Coroutine<number | null>>();
  expectTypeOf(
    timeout(1, function* (scope) {
      expectTypeOf(scope).toEqualTypeOf<Timeout>();
      return yield* sleep(1, scope.expired());
    }),
  ).toEqualTypeOf<Coroutine<boolean>>();
  expectTypeOf(timeout(1, () => sleep(1))).toEqualTypeOf<Coroutine<void>>();
  expectTypeOf(shielded(native, { timeout: 1 })).toEqualTypeOf<Coroutine<number>>();
  expectTypeOf(shielded(generator)).toEqualTypeOf<Coroutine<string>>();
});

test("moveOnAfter() may give undefined", () => {
  expectTypeOf(moveOnAfter(1, native)).toEqualTypeOf<Coroutine<number | undefined>>();
  expectTypeOf(moveOnAt(null, generator)).toEqualTypeOf<Coroutine<string | undefined>>();
});

test("waitFor() and shield() give the result of what is waited for", () => {
  expectTypeOf(waitFor(native, 1)).toEqualTypeOf<Coroutine<number>>();
  expectTypeOf(waitFor(generator, null)).toEqualTypeOf<Coroutine<string>>();
  expectTypeOf(waitFor(generator(), 1)).toEqualTypeOf<Coroutine<string>>();
  expectTypeOf(waitFor(createTask(native), 1)).toEqualTypeOf<Coroutine<number>>();
  expectTypeOf(waitFor(Promise.resolve(true), 1)).toEqualTypeOf<Coroutine<boolean>>();
  expectTypeOf(shield(native)).toEqualTypeOf<Future<number>>();
  expectTypeOf(shield(sleep(1, "text"))).toEqualTypeOf<Future<string>>();
});

test("results are inferred with yield* and with await", () => {
  function* inGenerator() {
    expectTypeOf(yield* timeout(1, native)).toEqualTypeOf<number>();
    expectTypeOf(yield* moveOnAfter(1, generator)).toEqualTypeOf<string | undefined>();
    expectTypeOf(yield* waitFor(native, 1)).toEqualTypeOf<number>();
    expectTypeOf(yield* shield(native)).toEqualTypeOf<number>();
    expectTypeOf(yield* shielded(generator)).toEqualTypeOf<string>();
  }
  async function inNative(): Promise<void> {
    expectTypeOf(await timeout(1, generator)).toEqualTypeOf<string>();
    expectTypeOf(await moveOnAfter(1, native)).toEqualTypeOf<number | undefined>();
    expectTypeOf(await waitFor(generator, 1)).toEqualTypeOf<string>();
    expectTypeOf(await shield(generator)).toEqualTypeOf<string>();
    expectTypeOf(await shielded(native)).toEqualTypeOf<number>();
  }
  void [inGenerator, inNative];
});

test("wrong uses do not compile", () => {
  // @ts-expect-error a delay is given, or null
  timeout(undefined, native);
  // @ts-expect-error the body is a function
  timeout(1, native());
  // @ts-expect-error the body suspends: it returns a promise, a generator or another awaitable
  timeout(1, () => 5);
  // @ts-expect-error the timeout is given, or null
  waitFor(native);
  // @ts-expect-error a number cannot be awaited
  waitFor(5, 1);
  // @ts-expect-error a number cannot be awaited
  shield(5);
  // @ts-expect-error the body is a function
  shielded(native());
  // @ts-expect-error a limit is in seconds
  shielded(native, { timeout: "1 s" });
  // @ts-expect-error only timeout() makes a scope
  new Timeout();
});
