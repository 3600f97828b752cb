/** What crosses between a job and its submitter, where the job imports the package as users do. */

import { afterEach, describe, expect, test } from "vitest";
import { Refused, add as taskInPlace } from "../test/fixtures/carrying.js";
import { type AnyPool, failureOf } from "../test/pools.ts";
import { registerError } from "./error-classes.ts";
import { ClosureError, JobLoadError, RemoteError } from "./errors.ts";
import { inline } from "./inline.ts";
import type { PoolOptions } from "./pool-options.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { transfer } from "./transfer.ts";
import { workerModule } from "./worker-module.ts";

const carrying = workerModule<typeof import("../test/fixtures/carrying.js")>(
  new URL("../test/fixtures/carrying.js", import.meta.url),
);
const naming = workerModule<typeof import("../test/fixtures/naming.js")>(
  new URL("../test/fixtures/naming.js", import.meta.url),
);

// The options of vitest would have the workers load the sources, which they cannot on every Node.
const kinds = [
  { kind: "thread", make: (options: PoolOptions) => new ThreadPoolExecutor({ ...options, execArgv: [] }) },
  { kind: "process", make: (options: PoolOptions) => new ProcessPoolExecutor({ ...options, execArgv: [] }) },
] as const;

let pool: AnyPool;
afterEach(() => pool.shutdown());

describe.each(kinds)("$kind pool", ({ make, kind }) => {
  test("runs exports, tasks and inline jobs", async () => {
    pool = make({ maxWorkers: 1 });

    expect(await pool.submit(naming.identity, { a: [1] })).toEqual({ a: [1] });
    expect(await pool.submit(taskInPlace, 1, 2)).toBe(3);
    expect(
      await pool.submit(
        inline((a: number, b: number) => a * b),
        6,
        7,
      ),
    ).toBe(42);
  });

  test("runs the exports of CommonJS, also those that Node does not see", async () => {
    pool = make({ maxWorkers: 1 });
    const common = workerModule<{ early(): string; late(): string }>(
      new URL("../test/fixtures/common.cjs", import.meta.url),
    );

    expect(await pool.submit(common.early)).toBe("early");
    expect(await pool.submit(common.late)).toBe("late");
  });

  test("says what is wrong with a name, and goes on", async () => {
    pool = make({ maxWorkers: 1 });
    const absent = naming as unknown as { identify(): void };
    const { never } = workerModule<{ never(): void }>(new URL("../test/fixtures/broken.js", import.meta.url));

    expect(await failureOf(pool.submit(absent.identify))).toBeInstanceOf(JobLoadError);
    const broken = await failureOf(pool.submit(never));
    expect(broken).toBeInstanceOf(JobLoadError);
    expect(broken.cause).toBeInstanceOf(RangeError);
    expect(await pool.submit(naming.identity, 1)).toBe(1);
  });

  test("names the variable that an inline job captures", async () => {
    pool = make({ maxWorkers: 1 });
    const rate = 2;
    const error = await failureOf(
      pool.submit(
        inline((n: number) => n * rate),
        1,
      ),
    );

    expect(error).toBeInstanceOf(ClosureError);
    expect(error).toMatchObject({ variable: "rate" });
  });

  test("gives an error its registered class, and only the frames of the job", async () => {
    pool = make({ maxWorkers: 1 });
    registerError(Refused);
    const error = await failureOf(pool.submit(carrying.refuse));

    expect(error).toBeInstanceOf(Refused);
    expect(error).toMatchObject({ message: "You shall not pass", door: "north" });
    const frames = error.stack?.split("\n").slice(1) ?? [];
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatch(/at refuse .*carrying\.js:\d+:\d+/);
  });

  test("shows where the job was submitted, in debug mode", async () => {
    pool = make({ maxWorkers: 1, debug: true });
    const error = await failureOf(pool.submit(carrying.refuse));

    expect(error.stack).toMatch(/at refuse .*\n +--- submitted at ---\n +at .*crossing\.test\.ts/);
  });

  test("lets a job know itself", async () => {
    pool = make({ maxWorkers: 1 });

    expect(await pool.submit(carrying.jobId)).toBe(1);
    expect(await pool.submit(carrying.jobId)).toBe(2);
  });

  test("gives an error of an unknown class its name", async () => {
    pool = make({ maxWorkers: 1 });
    const job = inline(() => {
      class OutOfPaper extends Error {
        tray = 2;
      }
      throw new OutOfPaper("load some");
    });
    const error = await failureOf(pool.submit(job));

    expect(error).toBeInstanceOf(RemoteError);
    expect(error).toMatchObject({ name: "OutOfPaper", message: "load some", tray: 2 });
  });

  test(`${kind === "thread" ? "moves" : "copies"} what is given to transfer(), both ways`, async () => {
    pool = make({ maxWorkers: 1 });
    const there = new Uint8Array([1, 2, 3]);
    const back = await pool.submit(carrying.giveBack, transfer(there));

    expect(back.sum).toBe(6);
    expect(there.length).toBe(kind === "thread" ? 0 : 3);
    expect(await pool.submit(carrying.makeBytes, 5)).toEqual(new Uint8Array(5).fill(1));
    expect(await pool.submit(carrying.lengthOnceSent)).toBe(kind === "thread" ? 0 : 5);
  });
});

describe("threads", () => {
  test("share a SharedArrayBuffer", async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 2, execArgv: [] });
    const words = new Int32Array(new SharedArrayBuffer(4));
    await Promise.all(Array.from({ length: 100 }, () => pool.submit(carrying.count, words)));

    expect(words[0]).toBe(100);
  });
});
