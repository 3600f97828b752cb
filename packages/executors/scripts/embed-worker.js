/**
 * Makes `src/worker-source.generated.ts`: all that a worker runs, as one string.
 *
 * So no file has to be found at run time, whatever bundler a program went through. `pnpm embed` writes the file; a test
 * compares it with what this makes.
 */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = fileURLToPath(new URL("../src/worker/main.ts", import.meta.url));
const target = fileURLToPath(new URL("../src/worker-source.generated.ts", import.meta.url));

/** The text of `worker-source.generated.ts`. */
export async function embedWorker() {
  const source = JSON.stringify(await bundleWorker());
  return `/** What every worker runs: \`src/worker/main.ts\` and all that it imports. Made by \`pnpm embed\`. */\nexport const workerSource: string = ${source};\n`;
}

/** A script that runs as CommonJS and as a module alike, since options of Node may decide which. */
async function bundleWorker() {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    conditions: ["@asyncio-ts/source"],
    minify: true, // processes are given it on their command line, which Windows limits to 32 KiB
    legalComments: "none",
    define: { "import.meta.url": '"file:///asyncio-ts/worker"' },
  });
  const [output] = outputFiles;
  const code = /** @type {NonNullable<typeof output>} */ (output).text.trim();
  return `(require=>{${code}})(name=>process.getBuiltinModule(name));\n//# sourceURL=asyncio-ts:worker\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(target, await embedWorker());
