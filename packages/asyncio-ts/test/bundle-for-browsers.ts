import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** A program for browsers, as one script. */
export interface Bundle {
  readonly code: string;
  /** What it would load at run time from elsewhere. */
  readonly imports: readonly string[];
  /** In bytes, as servers send it. */
  readonly gzipped: number;
}

/** Bundle `program`, a module that imports the packages of this project, as a browser's bundler does. */
export async function bundleForBrowsers(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "bundle",
    target: "es2022",
    conditions: ["@asyncio-ts/source"],
    logLevel: "silent",
  });
  const [output] = outputFiles;
  const code = output?.text ?? "";
  const imports = Object.values(metafile.outputs).flatMap((each) => each.imports.map(({ path }) => path));
  return { code, imports, gzipped: gzipSync(code).length };
}
