import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { runProgram } from "./run-program.ts";

vi.setConfig({ testTimeout: 60_000 }); // takes three seconds, and longer on a busy machine

/** The number that a line of the summary ends with, or that follows its name. */
function numberIn(output: string, line: RegExp): number {
  const found = output.match(line)?.[1];
  expect(found, output).toBeDefined();
  return Number(found);
}

describe("the demo", () => {
  test("visits all pages, cancels those that hang, and ends by itself", () => {
    const { status, stdout, stderr } = runProgram("demo");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });

    const fetched = numberIn(stdout, /^ {2}fetched +(\d+)$/m);
    const failed = numberIn(stdout, /^ {2}failed +(\d+) /m);
    const cancelled = numberIn(stdout, /^ {2}cancelled +(\d+) +\1 × timeout\(\) timed out after 1 s$/m);
    expect(fetched + failed + cancelled).toBe(300);
    expect(cancelled).toBeGreaterThanOrEqual(12); // so many pages hang; a busy machine may lose patience with others
    expect(stdout).toMatch(/^ {2}failed .* × 500 Internal Server Error/m);
    expect(stdout).toMatch(/^ {2}failed .* × ECONNRESET/m);
    expect(stdout).toMatch(/^300 pages, /m);

    const latencies = numberIn(stdout, /^ {2}all fetches, added up .* ([\d.]+) s$/m);
    const elapsed = numberIn(stdout, /^ {2}the whole crawl .* ([\d.]+) s$/m);
    expect(latencies).toBeGreaterThan(5 * elapsed);
  });

  test("ends cleanly by Ctrl-C, with what it has done so far", async () => {
    const program = fileURLToPath(new URL("../dist-examples/demo.js", import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (!stdout.includes(" fetched, ") && text.includes(" fetched, ")) child.kill("SIGINT");
      stdout += text;
    });
    const [status] = await once(child, "close");
    expect({ status, stderr }).toEqual({ status: 130, stderr: "" });
    expect(stdout).toMatch(/^Interrupted: .*^ {2}cancelled .* × interrupted/ms);
  });
});
