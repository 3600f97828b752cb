import type { ExceptionContext } from "@asyncio-ts/core";
import { type Body, coroutine, type GeneratorBody, isCoroutine, Suspendable } from "@asyncio-ts/tasks";
import { runVirtual, type VirtualLoop } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";

/** What a user could await in one kind of body or in the other. */
type Waitable<T> = PromiseLike<T> | Generator<unknown, T, unknown>;

/** A body from which both kinds are made: `yield* awaited(x)` stands for `await x` and for `yield* x`. */
export type Script<Args extends unknown[], T> = (...args: Args) => Generator<unknown, T, unknown>;

/** What a test body is given. */
export interface Stage {
  readonly loop: VirtualLoop;
  /** A function that a user could have written in the kind of body that is being tested. */
  body<Args extends unknown[], T>(script: Script<Args, T>): Body<Args, T>;
}

/** In a script: `await waitable`, or `yield* waitable`. */
export function* awaited<T>(waitable: Waitable<T>): Generator<unknown, T, unknown> {
  return (yield waitable) as T;
}

/** In a script: wait for what must fail, and answer its error. */
export function* failureOf(waitable: Waitable<unknown>): Generator<unknown, unknown, unknown> {
  try {
    yield waitable;
  } catch (error) {
    return error;
  }
  throw new Error("A failure was expected");
}

/** In a script: how many turns `script` takes. */
export function* turnsOf(
  loop: VirtualLoop,
  script: Generator<unknown, unknown, unknown>,
): Generator<unknown, number, unknown> {
  const before = loop.statistics().turns;
  yield* script;
  return loop.statistics().turns - before;
}

/**
 * Test a behaviour in each kind of body: the script is the main task of a loop in virtual time.
 *
 * In the mixed runs every second body is of the other kind, so that each kind calls, awaits and cancels the other.
 * What the loop reports and the test does not expect, by a handler of its own, fails the test.
 */
export function eachEngine(name: string, script: Script<[Stage], void>): void {
  describe(name, () => {
    test("native", () => perform(script, nativeBody));
    test("generator", () => perform(script, generatorBody));
    test("native with generators inside", () => perform(script, alternating(nativeBody, generatorBody)));
    test("generator with natives inside", () => perform(script, alternating(generatorBody, nativeBody)));
  });
}

async function perform(script: Script<[Stage], void>, body: Stage["body"]): Promise<void> {
  const unexpected: ExceptionContext[] = [];
  const main = body(script);
  await runVirtual<void>((loop) => {
    loop.setExceptionHandler((_, context) => void unexpected.push(context));
    return main({ loop, body });
  });
  expect(unexpected).toEqual([]);
}

const nativeBody: Stage["body"] =
  (script) =>
  async (...args) => {
    const steps = script(...args);
    let step = steps.next();
    while (!step.done) {
      let value: unknown;
      try {
        value = await forNative(step.value);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(value);
    }
    return step.value;
  };

const generatorBody: Stage["body"] = (script) =>
  function* (...args) {
    const steps = script(...args);
    let step = steps.next();
    while (!step.done) {
      let value: unknown;
      try {
        value = yield* forGenerator(step.value);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(value);
    }
    return step.value;
  };

function alternating(first: Stage["body"], second: Stage["body"]): Stage["body"] {
  let made = 0;
  return (script) => (made++ % 2 === 0 ? first(script) : second(script));
}

function forNative(waitable: unknown): unknown {
  return isGenerator(waitable) ? coroutine(() => waitable)() : waitable;
}

function forGenerator(waitable: unknown): GeneratorBody<unknown> | Suspendable<unknown> {
  if (waitable instanceof Suspendable || isGenerator(waitable)) return waitable;
  return coroutine(() => waitable as PromiseLike<unknown>)();
}

function isGenerator(value: unknown): value is GeneratorBody<unknown> {
  return isCoroutine(value) && !(value instanceof Suspendable);
}
