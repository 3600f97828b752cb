import type { ExceptionContext } from "@asyncio-ts/core";
import { describe, expect, test } from "vitest";
import { type Body, coroutine, isGenerator } from "../src/coroutine.ts";
import { Suspendable } from "../src/suspendable.ts";
import type { GeneratorBody } from "../src/suspension.ts";
import { runVirtual, type VirtualLoop } from "../src/testing/index.ts";

/**
 * What can be waited for in a test body: whatever a user could await in one kind of body or the other.
 */
type Waitable<T> = PromiseLike<T> | Generator<unknown, T, unknown>;

/** A body from which both kinds are made: `yield* wait(x)` stands for `await x` and for `yield* x`. */
export type Script<Args extends unknown[], T> = (...args: Args) => Generator<unknown, T, unknown>;

/** What a test body is given. */
export interface Stage {
  readonly loop: VirtualLoop;
  /** A function that a user could have written in the kind of body that is being tested. */
  body<Args extends unknown[], T>(script: Script<Args, T>): Body<Args, T>;
}

type MakeBody = Stage["body"];

/** In a script: `await waitable`, or `yield* waitable`. */
export function* wait<T>(waitable: Waitable<T>): Generator<unknown, T, unknown> {
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

/**
 * Test a behaviour in each kind of body: the script is the main task of a loop in virtual time.
 *
 * In the mixed runs every second body is of the other kind, so that each kind calls, awaits and cancels the other.
 * What the loop reports and the test does not expect (by a handler of its own) fails the test.
 */
export function eachEngine(name: string, script: Script<[Stage], void>): void {
  describe(name, () => {
    for (const [engine, bodyMaker] of Object.entries(engines)) {
      test(engine, () => perform(script, bodyMaker()));
    }
  });
}

const engines: Record<string, () => MakeBody> = {
  native: () => nativeBody,
  generator: () => generatorBody,
  "native with generators inside": () => alternating(nativeBody, generatorBody),
  "generator with natives inside": () => alternating(generatorBody, nativeBody),
};

async function perform(script: Script<[Stage], void>, body: MakeBody): Promise<void> {
  const unexpected: ExceptionContext[] = [];
  const main = body(script);
  await runVirtual<void>((loop) => {
    loop.setExceptionHandler((_, context) => void unexpected.push(context));
    return main({ loop, body });
  });
  expect(unexpected).toEqual([]);
}

/** Collect what the loop reports from here on. */
export function collectReports(loop: VirtualLoop): ExceptionContext[] {
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_, context) => void reports.push(context));
  return reports;
}

const nativeBody: MakeBody = (script) =>
  named(script, async (...args) => {
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
  });

const generatorBody: MakeBody = (script) =>
  named(script, function* (...args) {
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
  });

function alternating(first: MakeBody, second: MakeBody): MakeBody {
  let made = 0;
  return (script) => (made++ % 2 === 0 ? first(script) : second(script));
}

function forNative(waitable: unknown): unknown {
  return isGenerator(waitable) && !(waitable instanceof Suspendable) ? coroutine(() => waitable)() : waitable;
}

function forGenerator(waitable: unknown): GeneratorBody<unknown> | Suspendable<unknown> {
  if (waitable instanceof Suspendable || isGenerator(waitable)) return waitable;
  return coroutine(() => waitable as PromiseLike<unknown>)();
}

function named<F extends (...args: never[]) => unknown>(script: { readonly name: string }, f: F): F {
  return Object.defineProperty(f, "name", { value: script.name });
}
