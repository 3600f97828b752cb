import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { embedWorker } from "../scripts/embed-worker.js";
import { jobs } from "../test/pools.ts";
import { ProcessPoolExecutor } from "./process-pool-executor.ts";
import { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { workerScript } from "./worker-script.ts";
import { workerSource } from "./worker-source.generated.ts";

const isNode = !("bun" in process.versions || "deno" in process.versions);

describe("workerSource", () => {
  test("is what the sources of the worker make; else run `pnpm embed`", async () => {
    const file = await readFile(new URL("./worker-source.generated.ts", import.meta.url), "utf8");
    expect(file === (await embedWorker())).toBe(true);
  });

  test("needs nothing but what Node has", () => {
    const required = [...workerSource.matchAll(/require\("([^"]*)"\)/g)].map(([, name]) => name);

    expect(required).not.toEqual([]);
    expect(required.filter((name) => !name?.startsWith("node:"))).toEqual([]);
  });

  test("fits the command line of Windows, quoted, with room for the options of Node", () => {
    expect(JSON.stringify(workerScript).length).toBeLessThan(28_000);
  });

  test.runIf(isNode)("has a thread load no more of Node than one that loads the job's module by hand", async () => {
    const { href } = new URL("../test/fixtures/jobs.js", import.meta.url);
    const byHand = `
      require(require("node:url").fileURLToPath("${href}"));
      require("node:worker_threads").parentPort.postMessage(process.moduleLoadList);
    `;
    const worker = new Worker(byHand, { eval: true, execArgv: [] });
    const [expected] = (await once(worker, "message")) as [string[]];
    await using pool = new ThreadPoolExecutor({ maxWorkers: 1, execArgv: [] });
    const loaded = await pool.submit(jobs.loadedModules);
    expect(loaded.filter((name) => !expected.includes(name))).toEqual([]);
  });

  test.runIf(isNode)("runs where no code may be made of strings", async () => {
    await using pool = new ProcessPoolExecutor({
      maxWorkers: 1,
      execArgv: ["--disallow-code-generation-from-strings"],
    });
    expect(await pool.submit(jobs.add, 1, 1)).toBe(2);
  });
});
