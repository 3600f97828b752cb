import { createContext, runInContext } from "node:vm";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Bundle, bundleForBrowsers } from "./bundle-for-browsers.ts";

/** What a page has that the language has not; no `process`, no `Buffer`, no `setImmediate`. */
const globalsOfPages = {
  AbortController,
  AbortSignal,
  DOMException,
  MessageChannel,
  URL,
  clearInterval,
  clearTimeout,
  console,
  performance,
  queueMicrotask,
  setInterval,
  setTimeout,
};

function failureOf(f: () => unknown): string {
  try {
    return String(f());
  } catch (error) {
    return (error as Error).message;
  }
}

/** All of the package, in a page of its own. */
function load(bundle: Bundle): typeof import("../src/index.ts") {
  const page = createContext({ ...globalsOfPages });
  runInContext(bundle.code, page);
  return (page as { bundle: typeof import("../src/index.ts") }).bundle;
}

describe("asyncio-ts in a browser", () => {
  let bundle: Bundle;

  beforeAll(async () => {
    bundle = await bundleForBrowsers('export * from "asyncio-ts";');
  });

  test("is bundled without a module of Node", () => {
    expect(bundle.imports).toEqual([]);
  });

  test("has the same names", async () => {
    expect(Object.keys(load(bundle)).sort()).toEqual(Object.keys(await import("../src/index.ts")).sort());
  });

  test("is refused by a bundler that meets a module of Node", async () => {
    await expect(bundleForBrowsers('import { readFileSync } from "node:fs"; readFileSync("");')).rejects.toThrow(
      "node:fs",
    );
  });

  test("runs generator coroutines, with context variables, tasks and timeouts", async () => {
    const { ContextVar, createTask, currentTask, gather, run, sleep, timeout, TimeoutError } = load(bundle);
    const name = new ContextVar<string>("name");
    const result = await run(function* () {
      const greet = function* (who: string) {
        name.set(who);
        yield* sleep(0.005);
        return `${name.get()} in ${currentTask()?.getName()}`;
      };
      const task = createTask(() => greet("a task"), { name: "one" });
      const all = yield* gather([() => greet("b"), task]);
      let late: unknown;
      try {
        yield* timeout(0.001, () => sleep(60));
      } catch (error) {
        late = error;
      }
      return [...all.map((each) => each.replace(/Task-\d+/, "its task")), late instanceof TimeoutError];
    });
    expect(result).toEqual(["b in its task", "a task in one", true]);
  });

  test("runs async functions, which are in their task and its context up to their first await", async () => {
    const { ContextVar, currentTask, gather, run, signal, sleep } = load(bundle);
    const name = new ContextVar("name", { default: "nobody" });
    const result = await run(async () => {
      name.set("somebody");
      const before = [name.get(), currentTask() === null];
      const values = await gather([sleep(0.001, 1), async () => 2]);
      return [before, values, [name.get(), currentTask() === null], failureOf(signal)];
    });
    const refusal =
      "signal() needs a current task; without AsyncLocalStorage an async function has none after its first await, use a generator";
    expect(result).toEqual([["somebody", false], [1, 2], ["nobody", true], refusal]);
  });

  test("warns of a cancellation that no await of an async function could deliver, and of no other", async () => {
    const { createTask, run, sleep, timeout } = load(bundle);
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    await run(function* () {
      const missed = createTask(async () => await sleep(0.01), { name: "native" });
      const reached = createTask(() => sleep(60), { name: "generator" });
      yield* sleep(0);
      missed.cancel();
      reached.cancel();
      while (!(missed.done() && reached.done())) yield* sleep(0.001);
      yield* timeout(1, async () => await sleep(0.001));
    });
    const reason = "no AsyncLocalStorage tells what it awaits; a generator can be cancelled";
    const message = `RuntimeWarning: Task 'native' was cancelled, but its async function has run to its end: ${reason}`;
    expect(warn.mock.calls).toEqual([[message]]);
  });

  test("reports what nobody caught, and closes its loop", async () => {
    const { createTask, newEventLoop, sleep } = load(bundle);
    const loop = newEventLoop();
    const messages: string[] = [];
    loop.setExceptionHandler((_, { message }) => messages.push(message));
    onTestFinished(() => loop.close());
    await loop.runUntilComplete(function* () {
      loop.callSoon(() => {
        throw new Error("in a callback");
      });
      createTask(() => sleep(0));
      yield* sleep(0.001);
    });
    expect(messages).toHaveLength(1);
  });

  test("says that there are no threads and no processes, and that there is no watchdog", async () => {
    const { inline, ProcessPoolExecutor, run, ThreadPoolExecutor, toThread, Watchdog } = load(bundle);
    expect(() => new ThreadPoolExecutor()).toThrow("needs the worker threads of Node");
    expect(() => new ProcessPoolExecutor()).toThrow("needs the child processes of Node");
    expect(() => new Watchdog(1)).toThrow("needs the worker threads of Node");
    const job = inline((n: number) => n);
    await expect(run(() => toThread(job, 1) as never)).rejects.toThrow("needs the worker threads of Node");
  });
});
