import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";
import { Watchdog } from "./node-watchdog.ts";
import { run } from "./run.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

const isNode = !("bun" in process.versions || "deno" in process.versions);

const headline = "The event loop has not turned for 0.4 s: its thread has not come back to it";

/** A program with a task that does `act` for a while, under a watchdog. */
function program(act: string, seconds = 0.4): string {
  return `
    import { execFileSync } from "node:child_process";
    const until = (seconds) => { const end = Date.now() + seconds * 1000; return () => Date.now() < end; };
    async function act() { ${act} }
    await run(async () => {
      await sleep(0.4); // the worker of the watchdog begins
      await createTask(act, { name: "culprit" });
      await sleep(0.1);
      console.log("end");
    }, { watchdog: ${seconds} });`;
}

describe("run() with a watchdog", () => {
  test("prints what runs and its stack when that does not return, once, and lets it go on", async () => {
    const { status, stdout, stderr } = await runNode(
      program("const busy = until(2.5); function spin() { while (busy()); } spin();"),
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "end\n" });
    expect(stderr).toMatch(/^The event loop.*\nrunning: <Task pending name='culprit' coro=act\(\)>\n/);
    expect(stderr).toMatch(/\n {4}at spin \(.*:\d+:\d+\)\n {4}at act \(/);
    expect(stderr.split(headline)).toHaveLength(2);
  });

  test("prints the stack of microtasks without end", async () => {
    const { status, stderr } = await runNode(program("const busy = until(2); while (busy()) await null;"));
    expect(status).toBe(0);
    expect(stderr).toContain(headline);
    expect(stderr).toMatch(/\n {4}at /);
  });

  test("says that a call is no JavaScript, and prints the stack when it returns", async () => {
    const { stdout, stderr } = await runNode(program('execFileSync("sleep", ["3"]);'));
    expect(stdout).toBe("end\n");
    expect(stderr).toMatch(/^The event loop .*; it is in a call that is no JavaScript, and its stack follows/);
    expect(stderr).toMatch(/\nrunning: <Task pending name='culprit'.*\n {4}at .*execFileSync.*\n {4}at act /s);
  });

  test("prints nothing while the loop turns, is idle, or ends", async () => {
    const turning = program("const busy = until(2); while (busy()) await sleep(0); await sleep(2);", 1.5);
    expect(await runNode(turning)).toEqual({ status: 0, stdout: "end\n", stderr: "" });
  });

  test.runIf(isNode)("works in what a compiler has made of its source", async () => {
    const tsx = createRequire(new URL("../../executors/package.json", import.meta.url)).resolve("tsx");
    const flags = ["--conditions=@asyncio-ts/source", "--import", pathToFileURL(tsx).href];
    const { status, stdout, stderr } = await runNode(program("const busy = until(2); while (busy());"), { flags });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "end\n" });
    expect(stderr).toMatch(/^The event loop.*\nrunning: <Task pending name='culprit'.*\n {4}at /);
  });

  test.runIf(isNode)("interrupts no thread that a debugger may have stopped", async () => {
    const { stdout, stderr } = await runNode(program("const busy = until(2); while (busy());"), {
      flags: ["--inspect=127.0.0.1:0"],
    });
    expect(stdout).toBe("end\n");
    expect(stderr).toContain(`${headline}; a debugger may have stopped it, and is left alone\n`);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test("warns if its worker fails, and the program goes on", async () => {
    const broken = `
      const threads = process.getBuiltinModule("node:worker_threads");
      const { Worker } = threads;
      threads.Worker = class extends Worker {
        constructor(program, options) { super("throw new Error('spam')", options); }
      };
      await run(() => sleep(0.5), { watchdog: 5 });
      console.log("end");`;
    const { status, stdout, stderr } = await runNode(broken);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "end\n" });
    expect(stderr).toContain("RuntimeWarning: A watchdog has failed, and watches no longer: Error: spam");
  });

  test("hides no deadlock, and keeps no process alive", async () => {
    const { status, stderr } = await runNode("await run(async () => await new Future(), { watchdog: 5 });");
    expect(status).toBe(1);
    expect(stderr).toContain("DeadlockError");
    const alive = 'import { Watchdog } from "@asyncio-ts/platform"; new Watchdog(5); console.log("end");';
    expect(await runNode(alive)).toEqual({ status: 0, stdout: "end\n", stderr: "" });
  });

  test("in a worker thread says that it is blocked", async () => {
    const { stderr } = await runNode(`
      import { Worker } from "node:worker_threads";
      const platform = import.meta.resolve?.("@asyncio-ts/platform") ?? "@asyncio-ts/platform";
      const source = \`import("\${platform}").then(({ Watchdog }) => {
        const watchdog = new Watchdog(0.4);
        setTimeout(() => { const end = Date.now() + 2000; while (Date.now() < end); watchdog.stop(); }, 400);
      })\`;
      new Worker(source, { eval: true });`);
    expect(stderr).toBe(`${headline}; the stack of a worker thread cannot be had\n`);
  });
});

describe("Watchdog", () => {
  test("can be stopped, also twice, and by using", () => {
    const watchdog = new Watchdog(5);
    watchdog.stop();
    watchdog.stop();
    watchdog[Symbol.dispose]();
  });

  test("refuses what is no time that it can wait, and so does run()", async () => {
    expect(() => new Watchdog("5" as never)).toThrow(TypeError);
    for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
      expect(() => new Watchdog(seconds)).toThrow(RangeError);
    }
    await expect(run(async () => {}, { watchdog: 0 })).rejects.toThrow("A watchdog cannot wait for 0 seconds");
  });
});
