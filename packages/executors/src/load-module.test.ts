import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, failureOf, jobs } from "../test/pools.ts";
import { inline } from "./inline.ts";
import type { PoolOptions } from "./pool-options.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { type WorkerModule, workerModule } from "./worker-module.ts";

const patience = 30_000;

function moduleOf<T extends object>(file: string): WorkerModule<T> {
  return workerModule<T>(new URL(`../test/fixtures/loading/${file}`, import.meta.url));
}

/** The flags of the tests preload a module: then `import` loads all. */
const kinds = [
  {
    how: "a thread that requires it",
    make: (options: PoolOptions) => new ThreadPoolExecutor({ ...options, execArgv: [] }),
  },
  {
    how: "a process that requires it",
    make: (options: PoolOptions) => new ProcessPoolExecutor({ ...options, execArgv: [] }),
  },
  { how: "a thread that imports it", make: (options: PoolOptions) => new ThreadPoolExecutor(options) },
  { how: "a process that imports it", make: (options: PoolOptions) => new ProcessPoolExecutor(options) },
];

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

describe.each(kinds)("the first module of $how", ({ make }) => {
  test("may await while it loads", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { read } = moduleOf<{ read(): string }>("awaits.js");
    expect(await pool.submit(read)).toBe("awaited");
  });

  test("may be CommonJS, and is loaded once", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { loads } = moduleOf<{ loads(): number }>("commonjs/counts.js");
    expect(await pool.submit(loads)).toBe(1);
    expect(await pool.submit(loads)).toBe(1);
  });

  test("is loaded after the initializer", { timeout: patience }, async () => {
    const { initialize } = moduleOf<{ initialize(): Promise<void> }>("initializes.js");
    const { read } = moduleOf<{ read(): boolean }>("notes.js");
    pool = make({ maxWorkers: 1, initializer: initialize });
    expect(await pool.submit(read)).toBe(true);
  });

  test("may register loaders, which load the others", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { registerLoader } = moduleOf<{ registerLoader(): void }>("registers.js");
    const { answer } = moduleOf<{ answer(): number }>("made-up.js");
    await pool.submit(registerLoader);
    expect(await pool.submit(answer)).toBe(42);
  });

  test("is imported if an inline initializer has registered loaders", { timeout: patience }, async () => {
    const { answer } = moduleOf<{ answer(): number }>("made-up.js");
    const url = new URL("../test/fixtures/loading/registers.js", import.meta.url).href;
    const initializer = inline(async (module: string) => (await import(module)).registerLoader());
    pool = make({ maxWorkers: 1, initializer, initargs: [url] });
    expect(await pool.submit(answer)).toBe(42);
  });

  test("fails its job if it ends the worker, and no other", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { never } = moduleOf<{ never(): void }>("ends.js");
    const lost = pool.submit(never);
    const next = pool.submit(jobs.add, 1, 1);
    expect(await failureOf(lost)).toMatchObject({ name: "WorkerDied", exitCode: 7 });
    expect(await next).toBe(2);
  });

  test("does not keep a job from timing out", { timeout: patience }, async () => {
    pool = make({ maxWorkers: 1 });
    const { never } = moduleOf<{ never(): void }>("hangs.js");
    const late = pool.submitWith({ timeout: 0.2, gracePeriod: 0 }, never);
    expect((await failureOf(late)).name).toBe("TimeoutError");
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
  });
});
