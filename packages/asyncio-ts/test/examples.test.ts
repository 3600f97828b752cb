import { readdirSync, readFileSync } from "node:fs";
import { format } from "node:util";
import { VirtualHost } from "@asyncio-ts/core/testing";
import * as asyncio from "asyncio-ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runProgram } from "./run-program.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

const examples = new URL("../examples/", import.meta.url);

/** The same programs, written in both kinds of body. */
const kinds = ["native", "generators"] as const;

/** These need a process of their own: for warnings, real time, or threads. All others run here, in virtual time. */
const needProcess: ReadonlySet<string> = new Set([
  "cancel-job",
  "executors",
  "forgotten-coroutine",
  "heartbeat",
  "slow-callback",
  "unretrieved-error",
  "worker-thread",
]);

function namesIn(kind: string): string[] {
  return readdirSync(new URL(`${kind}/`, examples)).map((file) => file.replace(/\.ts$/, ""));
}

/** What the comments of a program, `// => …`, say that it prints. */
function promised(kind: string, name: string): string {
  const program = readFileSync(new URL(`${kind}/${name}.ts`, examples), "utf8");
  return [...program.matchAll(/\/\/ => (.*)$/gm)].map((match) => `${match[1]}\n`).join("");
}

/** Leave out what differs from one run to the next: process numbers, times, places, stacks and Node's advice. */
function withoutChance(output: string): string {
  return output
    .replace(/^(\s+at |\(Use `node ).*\n/gm, "")
    .replaceAll(/\(node:\d+\)/g, "(node)")
    .replaceAll(/took [\d.]+ seconds/g, "took a while")
    .replaceAll(/(?:file:\S*\/)?([\w-]+\.js):\d+:\d+/g, "$1");
}

describe.each(kinds)("the %s examples", (kind) => {
  const names = namesIn(kind);

  describe("in virtual time", () => {
    beforeEach(() => {
      class VirtualPolicy extends asyncio.DefaultEventLoopPolicy {
        override newEventLoop(): asyncio.EventLoop {
          return new asyncio.EventLoop(new VirtualHost());
        }
      }
      asyncio.setEventLoopPolicy(new VirtualPolicy());
    });

    afterEach(() => {
      asyncio.setEventLoopPolicy(null);
      vi.restoreAllMocks();
    });

    test.each(names.filter((name) => !needProcess.has(name)))("%s prints what its comments say", async (name) => {
      let printed = "";
      vi.spyOn(console, "log").mockImplementation((...values) => {
        printed += `${format(...values)}\n`;
      });
      await import(`../examples/${kind}/${name}.ts`);
      expect(printed).toBe(promised(kind, name));
    });
  });

  test.each(names.filter((name) => needProcess.has(name)))("%s prints what its comments say", (name) => {
    const { status, stdout, stderr } = runProgram(`${kind}/${name}`);
    expect(withoutChance(stdout + stderr)).toBe(withoutChance(promised(kind, name)));
    expect(status).toBe(0);
  });
});

describe("the examples", () => {
  const names = namesIn("native");

  test("are the same in both kinds of body, and do the same", () => {
    expect(namesIn("generators")).toEqual(names);
    for (const name of names) expect(promised("generators", name)).toBe(promised("native", name));
  });

  test("are all in their README, with both kinds", () => {
    const readme = readFileSync(new URL("README.md", examples), "utf8");
    const linked = Array.from(readme.matchAll(/\(((?:native|generators)\/[\w-]+)\.ts\)/g), (match) => match[1]);
    expect(linked).toHaveLength(kinds.length * names.length);
    expect(new Set(linked)).toEqual(new Set(kinds.flatMap((kind) => names.map((name) => `${kind}/${name}`))));
  });
});
