import { expect, test } from "vitest";
import { checkArea } from "../../src/check-area.ts";
import type { Program } from "../../src/program.ts";

const areas = ["all", "combinators", "groups", "handmade", "queues", "sync", "tasks"];

test.each(areas)(
  "the generator engine does what CPython does in %s, in a browser",
  async (area) => {
    const response = await fetch(new URL(`../../corpus/${area}.jsonl`, import.meta.url));
    const lines = (await response.text()).trim().split("\n");
    const programs = lines.map((line) => JSON.parse(line) as Program);
    const result = await checkArea("generator", programs);
    expect(result.differences).toEqual([]);
    expect([result.programs, result.unsupported, result.leftOut]).toEqual([lines.length, 0, 0]);
    expect(lines.length).toBeGreaterThanOrEqual(200);
  },
  60_000,
);
