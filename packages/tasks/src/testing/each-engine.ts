import type { ExceptionContext } from "@asyncio-ts/core";
import { type Body, coroutine, isGenerator } from "../coroutine.ts";
import { Suspendable } from "../suspendable.ts";
import type { GeneratorBody } from "../suspension.ts";
import { runVirtual, type VirtualLoop } from "./run-virtual.ts";

/** What a user could await in one kind of body or in the other. */
type Waitable<T> = PromiseLike<T> | Generator<unknown, T, unknown>;

/** A body from which both kinds are made: `yield* awaited(x)` stands for `await x` and for `yield* x`. */
export type Script<Args extends unknown[], T> = (...args: Args) => Generator<unknown, T, unknown>;

/** What a script is given that is the main task of a test. */
export interface Stage {
  readonly loop: VirtualLoop;
  /** A function that a user could have written in the kind of body that is being tested. */
  body<Args extends unknown[], T>(script: Script<Args, T>): Body<Args, T>;
}

/** Makes a body of a script. */
export type MakeBody = Stage["body"];

/** What a test runner has: vitest's `describe` and `test`, or node's. */
export interface TestRunner {
  describe(name: string, define: () => void): unknown;
  test(name: string, run: () => Promise<void>): unknown;
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

/** How many timers are armed. */
export function liveTimers(loop: VirtualLoop): number {
  const { timers, cancelledTimers } = loop.statistics();
  return timers - cancelledTimers;
}

/** Collect what the loop reports from here on. */
export function collectReports(loop: VirtualLoop): ExceptionContext[] {
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_, context) => void reports.push(context));
  return reports;
}

/**
 * Make the function that defines tests of a behaviour in each kind of body.
 *
 * Its script is the main task of a loop in virtual time. In the mixed runs every second body is of the other kind, so
 * that each kind calls, awaits and cancels the other. What the loop reports and the test does not expect, by a handler
 * of its own, fails the test.
 *
 * @example
 * const eachEngine = engineTests({ describe: (_, define) => define(), test: (_, run) => run() });
 * eachEngine("sleep() takes its time", function* ({ loop }) {
 *   yield* awaited(sleep(3600));
 *   console.assert(loop.time() === 3600);
 * });
 */
export function engineTests(runner: TestRunner): (name: string, script: Script<[Stage], void>) => void {
  return (name, script) => {
    runner.describe(name, () => {
      for (const [engine, bodyMaker] of Object.entries(engines)) {
        runner.test(engine, () => perform(script, bodyMaker()));
      }
    });
  };
}

/** Who makes the bodies of a test: those of one kind, or of both in turn. */
export const engines: Readonly<Record<string, () => MakeBody>> = {
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
  const [first] = unexpected;
  if (first !== undefined) throw new Error(`The loop reported: ${first.message}`, { cause: first.exception });
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
