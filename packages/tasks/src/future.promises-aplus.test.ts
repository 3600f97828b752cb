import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConformanceTest, conformanceTests, type Ground, setGround } from "../test/promises-aplus.ts";
import { createTask } from "./create-task.ts";
import { VirtualLoop } from "./testing/index.ts";

const tests = conformanceTests();

// The suite derives promises that reject and handles none of them; to Node and vitest that is an error of the run.
let listeners: NodeJS.UnhandledRejectionListener[] = [];

beforeAll(() => {
  listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", () => {});
});

afterAll(() => {
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

/** Run each test in a loop of its own; the titles and errors of those that fail. */
async function failuresOf(perform: (each: ConformanceTest) => Promise<void>): Promise<string[]> {
  const failures: string[] = [];
  for (const each of tests) {
    await perform(each).catch((error: unknown) => failures.push(`${each.title}: ${String(error).slice(0, 200)}`));
  }
  return failures;
}

/** Call `start`, which starts a test, and run the loop until that has ended. */
async function runTest(ground: Ground, start: () => PromiseLike<void>): Promise<void> {
  setGround(ground);
  const { time } = ground;
  const ended = new Promise<void>((resolve, reject) => {
    time.callSoon(() => void start().then(resolve, reject));
  });
  const stop = (): void => time.stop();
  ended.then(stop, stop);
  await time.runForever(); // a test that cannot end is a loop that nothing can wake
  time.close();
  await ended;
}

test("the suite of Promises/A+ has the number of tests that it is known for", () => {
  expect(tests).toHaveLength(872);
});

test("Future passes Promises/A+ in a callback of its running loop", async () => {
  const failures = await failuresOf((each) => {
    const loop = new VirtualLoop();
    return runTest({ futures: loop, time: loop }, () => each.run());
  });
  expect(failures).toEqual([]);
});

test("Future passes Promises/A+ in a task of its running loop", async () => {
  const failures = await failuresOf((each) => {
    const loop = new VirtualLoop();
    return runTest({ futures: loop, time: loop }, () => createTask(() => each.run()));
  });
  expect(failures).toEqual([]);
});

test("Future passes Promises/A+ while its loop does not run", async () => {
  const failures = await failuresOf((each) => {
    const ground = { futures: new VirtualLoop(), time: new VirtualLoop() };
    return runTest(ground, () => each.run());
  });
  expect(failures).toEqual([]);
});
