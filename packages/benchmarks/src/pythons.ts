import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A Python that was found, with what it has. */
export interface Python {
  readonly command: string;
  readonly version: string;
  /** The version of uvloop; `null` if it is not installed. */
  readonly uvloop: string | null;
}

/** Newest first; the environment variable `BENCH_PYTHON` names others, separated by commas, that come before these. */
const usual = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];

const question = `
import sys
try:
    import uvloop
    found = uvloop.__version__
except ImportError:
    found = ""
print("%d.%d.%d" % sys.version_info[:3], found)
`;

/** The Pythons of this machine that have the asyncio that the workloads need. */
export async function findPythons(): Promise<Python[]> {
  const named = (process.env.BENCH_PYTHON ?? "").split(",").filter((command) => command !== "");
  const answers = await Promise.all([...named, ...usual].map(askPython));
  return answers.filter((python) => python !== null);
}

/** The first that has uvloop. */
export function pythonWithUvloop(pythons: readonly Python[]): Python | undefined {
  return pythons.find((python) => python.uvloop !== null);
}

async function askPython(command: string): Promise<Python | null> {
  try {
    const { stdout } = await run(command, ["-c", question]);
    const [version = "", uvloop = ""] = stdout.trim().split(" ");
    return isRecent(version) ? { command, version, uvloop: uvloop === "" ? null : uvloop } : null;
  } catch {
    return null; // not installed, or not able to run
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 3 && minor >= 11;
}
