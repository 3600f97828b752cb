import { readdirSync } from "node:fs";
import { parse } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkArea } from "./check-area.ts";
import { type EngineName, engineNames } from "./engines.ts";
import { formatResult } from "./format-result.ts";
import { readPrograms, UnusableFileError } from "./read-programs.ts";

const usage = `usage: conformance [FILE.jsonl …] [--engine ${engineNames.join("|")}|all]`;

/** The arguments make no sense; the message says why. */
class UsageError extends Error {}

/** Where a command writes to. */
export type Output = Pick<Console, "log" | "error">;

interface Request {
  readonly files: readonly string[];
  readonly engines: readonly EngineName[];
}

/**
 * Run the command.
 *
 * @param output - Gets each piece of the report as soon as it is known.
 * @returns The exit code: 0 if nothing differs, 1 if anything does, 2 if the command could not be carried out.
 */
export async function runCommand(args: readonly string[], output: Output): Promise<0 | 1 | 2> {
  try {
    const { files, engines } = parseRequest(args);
    return (await checkFiles(files, engines, output)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UnusableFileError || error instanceof UsageError)) throw error;
    output.error(error.message);
    return 2;
  }
}

async function checkFiles(files: readonly string[], engines: readonly EngineName[], output: Output): Promise<boolean> {
  const areas = files.map((file) => ({ name: parse(file).name, programs: readPrograms(file) }));
  let isEqual = true;
  for (const { name, programs } of areas) {
    for (const engine of engines) {
      const result = await checkArea(engine, programs);
      output.log(formatResult(engine, name, result));
      if (result.differences.length > 0) isEqual = false;
    }
  }
  return isEqual;
}

function parseRequest(args: readonly string[]): Request {
  const { engine, files } = parseArguments(args);
  if (engine !== "all" && !engineNames.includes(engine as EngineName)) {
    throw new UsageError(`There is no engine "${engine}"\n${usage}`);
  }
  return {
    files: files.length > 0 ? files : corpusFiles(),
    engines: engine === "all" ? engineNames : [engine as EngineName],
  };
}

function parseArguments(args: readonly string[]): { engine: string; files: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // pnpm hands on the separator
      options: { engine: { type: "string", default: "all" } },
      allowPositionals: true,
    });
    return { engine: values.engine, files: positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${usage}`, { cause: error });
  }
}

/** The programs that come with this package. */
export function corpusFiles(): string[] {
  const folder = fileURLToPath(new URL("../corpus/", import.meta.url));
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .map((name) => folder + name);
}
