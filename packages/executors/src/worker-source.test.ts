import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { embedWorker } from "../scripts/embed-worker.js";
import { workerSource } from "./worker-source.generated.ts";

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
    expect(JSON.stringify(workerSource).length).toBeLessThan(28_000);
  });
});
