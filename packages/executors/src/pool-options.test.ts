import { Session } from "node:inspector";
import { SHARE_ENV } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { type AnyPool, failureOf, jobs } from "../test/pools.ts";
import { inline } from "./inline.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";

const patience = 30_000;

const environment = inline((name: string) => process.env[name]);
const setEnvironment = inline((name: string, value: string) => {
  process.env[name] = value;
});
const flags = inline(() => process.execArgv);
const words = inline(() => process.argv.slice(2));

let pool: AnyPool;
afterEach(() => pool.shutdown({ cancelFutures: true }));

const kinds = [
  { kind: "thread", Pool: ThreadPoolExecutor },
  { kind: "process", Pool: ProcessPoolExecutor },
] as const;

describe.each(kinds)("a $kind pool", ({ Pool }) => {
  test("gives its workers `env`, and nothing but it", { timeout: patience }, async () => {
    process.env.ASYNCIO_TS_OUTSIDE = "outside";
    pool = new Pool({ maxWorkers: 1, env: { ASYNCIO_TS_INSIDE: "inside" } });
    expect(await pool.submit(environment, "ASYNCIO_TS_INSIDE")).toBe("inside");
    expect(await pool.submit(environment, "ASYNCIO_TS_OUTSIDE")).toBeUndefined();
  });

  test("gives its workers a copy of the environment, where nothing is said", { timeout: patience }, async () => {
    process.env.ASYNCIO_TS_OUTSIDE = "outside";
    pool = new Pool({ maxWorkers: 1 });
    expect(await pool.submit(environment, "ASYNCIO_TS_OUTSIDE")).toBe("outside");
    await pool.submit(setEnvironment, "ASYNCIO_TS_OUTSIDE", "changed");
    expect(process.env.ASYNCIO_TS_OUTSIDE).toBe("outside");
  });

  test("gives its workers the flags `execArgv`, and nothing but them", { timeout: patience }, async () => {
    expect(process.execArgv).toContain("--expose-gc");
    pool = new Pool({ maxWorkers: 1, execArgv: ["--no-deprecation"] });
    const given = await pool.submit(flags);
    expect(given).toContain("--no-deprecation");
    expect(given).not.toContain("--expose-gc");
  });

  test("says which worker has died: the name of the pool, and a number", { timeout: patience }, async () => {
    pool = new Pool({ maxWorkers: 1, name: "thumbnails" });
    const died = (number: number): string =>
      `The worker thumbnails-${number} exited with code 3 while it was running the job`;
    expect((await failureOf(pool.submit(jobs.exit, 3))).message).toBe(died(1));
    expect((await failureOf(pool.submit(jobs.exit, 3))).message).toBe(died(2));
  });

  test("is named after its class, where nothing is said", { timeout: patience }, async () => {
    pool = new Pool({ maxWorkers: 1 });
    expect((await failureOf(pool.submit(jobs.exit, 3))).message).toMatch(`The worker ${Pool.name}-1 exited`);
  });
});

describe("a thread pool", () => {
  test("shares the environment with its threads, if `env` is SHARE_ENV", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1, env: SHARE_ENV });
    await pool.submit(setEnvironment, "ASYNCIO_TS_SHARED", "by a thread");
    expect(process.env.ASYNCIO_TS_SHARED).toBe("by a thread");
  });

  test("gives its threads `workerOptions`", { timeout: patience }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1, workerOptions: { argv: ["first", "second"] } });
    expect(await pool.submit(words)).toEqual(["first", "second"]);
  });

  test("prefers its own options to those in `workerOptions`", { timeout: patience }, async () => {
    const workerOptions = { env: { ASYNCIO_TS_INSIDE: "of workerOptions" } };
    pool = new ThreadPoolExecutor({ maxWorkers: 1, env: { ASYNCIO_TS_INSIDE: "of the pool" }, workerOptions });
    expect(await pool.submit(environment, "ASYNCIO_TS_INSIDE")).toBe("of the pool");
  });

  test("names its threads, for debuggers and profilers", { timeout: patience }, async () => {
    const session = new Session();
    const titles: string[] = [];
    session.connect();
    session.on("NodeWorker.attachedToWorker", ({ params }) => titles.push(params.workerInfo.title));
    session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
    pool = new ThreadPoolExecutor({ maxWorkers: 2, name: "thumbnails" });
    await pool.broadcast(jobs.where);
    session.post("NodeWorker.disable");
    session.disconnect();
    expect(new Set(titles.map((title) => title.split(" ").at(-1)))).toEqual(new Set(["thumbnails-1", "thumbnails-2"]));
  });
});

describe("a process pool", () => {
  test("runs the program `execPath`", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1, execPath: "/there/is/no/such/program" });
    const error = await failureOf(pool.submit(jobs.add, 1, 1));
    expect(error).toMatchObject({ name: "BrokenProcessPool", cause: { code: "ENOENT" } });
  });

  test("limits the heap of its processes by `resourceLimits`", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1, resourceLimits: { maxOldGenerationSizeMb: 77 } });
    expect(await pool.submit(flags)).toContain("--max-old-space-size=77");
  });

  test("does not have its processes wait for a debugger, where its program does", { timeout: patience }, async () => {
    pool = new ProcessPoolExecutor({ maxWorkers: 1, execArgv: ["--inspect-wait=0", "--no-deprecation"] });
    expect(await pool.submit(flags)).toEqual(expect.not.arrayContaining([expect.stringContaining("inspect")]));
  });
});
