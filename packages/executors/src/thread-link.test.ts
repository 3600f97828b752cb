import { afterEach, describe, expect, test } from "vitest";
import { failureOf, jobs } from "../test/pools.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { transfer } from "./transfer.ts";

const patience = 30_000;

let pool: ThreadPoolExecutor;
afterEach(() => pool.shutdown({ cancelFutures: true }));

describe("ThreadLink", () => {
  test("of several arguments the one is named that cannot be sent, not what is shared or moved", {
    timeout: patience,
  }, async () => {
    pool = new ThreadPoolExecutor({ maxWorkers: 1 });
    const { port1 } = new MessageChannel();
    const take = jobs.echo as (...args: unknown[]) => unknown;
    const job = pool.submit(take, new SharedArrayBuffer(1), transfer(port1), () => {});
    expect((await failureOf(job)).message).toMatch(/^Argument 2 of a job cannot be sent/);
    port1.close();
  });
});
