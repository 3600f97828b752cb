import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 }); // it builds, and starts test runners

const root = fileURLToPath(new URL("../", import.meta.url));
const programs = `${root}dist-examples/`;
const guide = readFileSync(new URL("../../../docs/guide/testing.md", import.meta.url), "utf8");
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The first block of a page that is marked like that. */
function blockOf(page: string, mark: string): string {
  const block = page.match(new RegExp(`^\`\`\`${mark}\n(.*?)^\`\`\`$`, "ms"))?.[1];
  if (block === undefined) throw new Error(`There is no block marked ${mark}`);
  return block;
}

function start(command: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", NODE_TEST_CONTEXT: undefined, VITEST: undefined };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8", env });
  if (error) throw error;
  return { status, output: stdout + stderr };
}

describe("the samples of the guide and of the README", () => {
  beforeAll(() => {
    start("tsc", "--build", root);
    // The meta-package does not depend on this one, nor this one on it; users have both.
    start("tsc", "--build", `${root}../asyncio-ts`);
    mkdirSync(`${programs}node_modules`, { recursive: true });
    symlinkSync(`${root}../asyncio-ts`, `${programs}node_modules/asyncio-ts`, "junction");
  });
  afterAll(() => rmSync(programs, { recursive: true }));

  test("with node:test are tests that pass", () => {
    const path = `${programs}guide.test.mjs`;
    writeFileSync(path, blockOf(guide, "js node"));
    const { status, output } = start(process.execPath, "--test", "--test-reporter=tap", path);
    expect(output).toMatch(/^# pass 1$/m);
    expect(status).toBe(0);
  });

  test("with node:test are tests that fail, if something is left behind", () => {
    const path = `${programs}failing.test.mjs`;
    writeFileSync(
      path,
      blockOf(guide, "js node").replace("await sleep(3600, t.name)", '(sleep(1), "an hour takes no time")'),
    );
    const { status, output } = start(process.execPath, "--test", "--test-reporter=tap", path);
    expect(output).toContain("a coroutine that was never awaited: sleep()");
    expect(status).toBe(1);
  });

  test("with vitest are tests that pass", () => {
    const folder = `${programs}vitest/`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}guide.test.ts`, blockOf(guide, "ts vitest"));
    writeFileSync(`${folder}vitest.config.mjs`, "export default {};");
    const { status, output } = start("vitest", "run", "--root", folder);
    expect(output).toMatch(/Tests +1 passed/);
    expect(status).toBe(0);
  });

  test("of the README print what their comments say", () => {
    const program = blockOf(readme, "ts");
    const path = `${programs}readme.mjs`;
    writeFileSync(path, program);
    const promised = [...program.matchAll(/\/\/ => (.*)$/gm)].map((match) => `${match[1]}\n`).join("");
    expect(start(process.execPath, path)).toEqual({ status: 0, output: promised });
  });
});
