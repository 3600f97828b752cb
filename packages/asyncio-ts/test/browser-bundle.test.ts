import { createContext, runInContext } from "node:vm";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
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
