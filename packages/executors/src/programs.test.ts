/** User jobs in whole programs, in every form in which programs are shipped. */

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type BuildOptions, build as esbuild } from "esbuild";
import { build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../test/fixtures/program/", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const expected = "[14,3,[42],3]\n[14,3,[42],3]\n2\n";
const patience = 60_000;
const isNode = !("bun" in process.versions || "deno" in process.versions);

/** A folder outside of the workspace, where this package is installed. */
let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "asyncio-ts-")));
  mkdirSync(join(folder, "node_modules/@asyncio-ts"), { recursive: true });
  symlinkSync(fileURLToPath(new URL("..", import.meta.url)), join(folder, "node_modules/@asyncio-ts/executors"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What a program prints, warnings included: there should be none. */
async function run(args: readonly string[]): Promise<string> {
  const env = { ...process.env, NODE_OPTIONS: "" };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
  return stdout + stderr;
}

/** Into a folder of its own, both modules. */
async function bundle(name: string, options: BuildOptions): Promise<string> {
  const outdir = join(folder, name);
  await esbuild({
    entryPoints: [join(program, "main.ts"), join(program, "jobs.ts")],
    outdir,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
    ...options,
  });
  return outdir;
}

/** What `rewriteRelativeImportExtensions` does. */
function nameCompiled(path: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replaceAll(/(from "\.\/\w+)\.ts"/g, '$1.js"'));
}

describe("a program with jobs", () => {
  const strips = (process.features as { typescript?: unknown }).typescript === "strip";
  const loaders = [
    ["tsx", ["--import", tsx]],
    ...(strips ? ([["Node itself", ["--disable-warning=ExperimentalWarning"]]] as const) : []),
  ] as const;

  test.each(loaders)("runs from its TypeScript, loaded by %s", { timeout: patience }, async (_loader, options) => {
    expect(await run([...options, join(program, "main.ts")])).toBe(expected);
  });

  test("runs compiled, file by file", { timeout: patience }, async () => {
    const files = ["main.ts", "jobs.ts", "arithmetic.ts"].map((file) => join(program, file));
    const outdir = await bundle("compiled", { entryPoints: files });
    for (const file of ["main.js", "jobs.js"]) nameCompiled(join(outdir, file));

    expect(await run([join(outdir, "main.js")])).toBe(expected);
  });

  test("runs bundled by esbuild, with this package inside", { timeout: patience }, async () => {
    const outdir = await bundle("esbuild", { bundle: true, minify: true, keepNames: true });

    expect(await run([join(outdir, "main.js")])).toBe(expected);
  });

  test("runs bundled by esbuild in pieces that share code", { timeout: patience }, async () => {
    const outdir = await bundle("split", { bundle: true, splitting: true });

    expect(await run([join(outdir, "main.js")])).toBe(expected);
  });

  test("runs bundled by esbuild as CommonJS", { timeout: patience }, async () => {
    const outdir = await bundle("commonjs", {
      bundle: true,
      format: "cjs",
      define: { "import.meta": "moduleMeta" },
      banner: { js: 'const moduleMeta = { url: require("node:url").pathToFileURL(__filename).href };' },
    });
    writeFileSync(join(outdir, "package.json"), '{ "type": "commonjs" }');

    expect(await run([join(outdir, "main.js")])).toBe(expected);
  });

  test("loads as CommonJS also where the bundler leaves no import.meta", { timeout: patience }, async () => {
    const entry = join(program, "inline-only.ts");
    const outdir = await bundle("empty-meta", { bundle: true, format: "cjs", entryPoints: [entry] });
    writeFileSync(join(outdir, "package.json"), '{ "type": "commonjs" }');

    expect(await run([join(outdir, "inline-only.js")])).toBe("42\n");
  });

  test("runs bundled by Vite, with this package inside", { timeout: patience }, async () => {
    const outDir = join(folder, "vite");
    await viteBuild({
      configFile: false,
      root: program,
      logLevel: "silent",
      ssr: { noExternal: true, target: "node" },
      build: {
        ssr: true,
        outDir,
        target: "node20",
        minify: true,
        rollupOptions: { input: { main: join(program, "main.ts"), jobs: join(program, "jobs.ts") } },
      },
    });

    expect(await run([join(outDir, "main.js")])).toBe(expected);
  });

  /** A program of two CommonJS modules. */
  function writeCommonJs(): string {
    const path = join(folder, "main.cjs");
    writeFileSync(
      path,
      `const { ThreadPoolExecutor, workerModule } = require("@asyncio-ts/executors");
       const jobs = workerModule(require("node:path").join(__dirname, "jobs.cjs"));
       const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
       pool.submit(jobs.add, 1, 2).then((sum) => (console.log(sum), pool.shutdown()));`,
    );
    writeFileSync(join(folder, "jobs.cjs"), "exports.add = (a, b) => a + b;");
    return path;
  }

  test("may be CommonJS itself", { timeout: patience }, async () => {
    expect(await run([writeCommonJs()])).toBe("3\n");
  });

  test.runIf(isNode)("may forbid that code is made of strings", { timeout: patience }, async () => {
    expect(await run(["--disallow-code-generation-from-strings", writeCommonJs()])).toBe("3\n");
  });
});
