import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectGarbageUntil } from "../test/collect-garbage.ts";
import { coroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { sleep } from "./sleep.ts";
import { runVirtual, takeNeverAwaited, VirtualLoop } from "./testing/index.ts";

const hello = coroutine(function* hello() {});

let warnings: Error[] = [];
let printers: NodeJS.WarningListener[] = [];

beforeEach(() => {
  warnings = [];
  printers = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name === "RuntimeWarning") warnings.push(warning);
  });
});

afterEach(() => {
  process.removeAllListeners("warning");
  for (const printer of printers) process.on("warning", printer);
});

/** The first lines of the warnings; the others tell in debug mode where the coroutine was made. */
async function warned(): Promise<(string | undefined)[]> {
  await new Promise(setImmediate); // Node emits warnings in a tick of their own
  return warnings.map((warning) => warning.message.split("\n")[0]);
}

const neverAwaited = "coroutine 'hello' was never awaited";

describe("a coroutine that is never awaited", () => {
  test("can be taken out by takeNeverAwaited(), once, and is not reported then", async () => {
    await runVirtual(function* (loop) {
      hello();
      yield* sleep(1);
      expect(takeNeverAwaited(loop).map(({ name, createdAt }) => [name, createdAt])).toEqual([["hello", undefined]]);
      expect(takeNeverAwaited(loop)).toEqual([]);
    });
    expect(await warned()).toEqual([]);
  });

  test("is reported when its loop is closed, by a RuntimeWarning of the process", async () => {
    const kept: unknown[] = [];
    await runVirtual(function* () {
      kept.push(hello());
      yield* sleep(1);
      expect(warnings).toEqual([]);
    });
    expect(await warned()).toEqual([neverAwaited]);
    expect(kept).toHaveLength(1);
  });

  test("is reported when its loop is closed, though it was made in a callback of a loop without tasks", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {
      hello();
      loop.stop();
    });
    await loop.runForever();
    loop.close();
    expect(await warned()).toEqual([neverAwaited]);
  });

  test("is reported when it is dropped, without a loop", async () => {
    (() => void hello())();
    await collectGarbageUntil(() => warnings.length > 0);
    expect(await warned()).toEqual([neverAwaited]);
  });

  test("is reported once: when it is dropped, and not again when its loop is closed", async () => {
    const loop = new VirtualLoop();
    loop.callSoon(() => {
      hello();
      loop.stop();
    });
    await loop.runForever();
    await collectGarbageUntil(() => warnings.length > 0);
    loop.close();
    expect(await warned()).toEqual([neverAwaited]);
  });

  test("is reported with where it was made, in debug mode", async () => {
    await runVirtual(
      function* () {
        hello();
      },
      { debug: true },
    );
    await warned();
    expect(warnings[0]?.message).toMatch(
      /^coroutine 'hello' was never awaited\ncoroutine created at:\n.*never-awaited\.test\.ts/,
    );
  });

  test("is not reported once it was closed", async () => {
    await runVirtual(function* () {
      hello().close();
    });
    expect(await warned()).toEqual([]);
  });

  test("is not reported when it was awaited, by either kind of body, or made into a task", async () => {
    await runVirtual(async () => {
      await hello();
      await createTask(hello());
      await createTask(function* () {
        yield* hello();
      });
    });
    expect(await warned()).toEqual([]);
  });

  test("is reported after the loop has looked at it, and not if it is awaited then", async () => {
    const late = await runVirtual(async () => {
      const [first, second] = [hello(), hello()];
      await new Promise<void>((resolve) => setImmediate(resolve));
      await first;
      return [second]; // in an array, else returning it would await it
    });
    expect(await warned()).toEqual([neverAwaited]);
    expect(late).toHaveLength(1);
  });

  test("is reported along with the task that never began", async () => {
    const loop = new VirtualLoop();
    const messages: string[] = [];
    loop.setExceptionHandler((_, context) => void messages.push(context.message));
    createTask(hello(), { loop });
    loop.close();
    expect(messages).toEqual(["Task was destroyed but it is pending!"]);
    await warned();
  });
});
