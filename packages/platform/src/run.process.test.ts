import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

describe("run() in a process", () => {
  test("rejects with a DeadlockError when the process would exit in silence", async () => {
    const { status, stdout, stderr } = await runNode(`
      async function waitForGodot() { await new Future(); }
      await run(async () => {
        createTask(waitForGodot, { name: "Vladimir" });
        try { await new Future(); } finally { console.log("cleaned up"); }
      });`);
    expect(status).toBe(1);
    expect(stdout).toBe("cleaned up\n");
    expect(stderr).toContain("DeadlockError: Nothing can wake the event loop any more; tasks pending: 2");
    expect(stderr).toContain("<Task pending name='Vladimir' coro=waitForGodot() waiting on <Future pending>>");
  });

  test("rejects with a DeadlockError when a promise can never settle, which holds up the shutdown as well", async () => {
    const { status, stderr } = await runNode("await run(async () => await new Promise(() => {}));");
    expect(status).toBe(1);
    expect(stderr).toMatch(/<Task cancelling name='Task-1'> waits on a promise .*cause.*<Task pending name='Task-1'>/s);
  });

  test("waits as long as Node has anything to wait for", async () => {
    const program = `
      console.log(await run(async () => {
        const future = new Future();
        setTimeout(() => future.setResult("from a timer of Node"), 20);
        return await future;
      }));`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "from a timer of Node\n", stderr: "" });
  });

  test("is in debug mode if ASYNCIO_DEBUG says so, unless told otherwise", async () => {
    const program = `
      const debug = () => run(async () => getRunningLoop().getDebug());
      console.log(await debug(), await run(async () => getRunningLoop().getDebug(), { debug: false }));`;
    const modes = ["1", "yes", "0", ""].map((value) => runNode(program, { env: { ASYNCIO_DEBUG: value } }));
    const outputs = (await Promise.all(modes)).map(({ stdout }) => stdout.trim());
    expect(outputs).toEqual(["true false", "true false", "false false", "false false"]);
  });
});

type CommandOfDeno = new (
  program: string,
  options: { readonly args: readonly string[] },
) => { output(): Promise<{ readonly stdout: Uint8Array; readonly stderr: Uint8Array }> };

describe.runIf("deno" in process.versions)("run() on Deno", () => {
  test("needs no permission, and asks for none", async () => {
    const program = fileURLToPath(new URL("../test/fixtures/no-permissions.js", import.meta.url));
    const args = ["run", "--no-prompt", "--node-modules-dir=manual", program];
    // A child of node:child_process may do what we may.
    const { Deno } = globalThis as unknown as { readonly Deno: { readonly Command: CommandOfDeno } };
    const { stdout, stderr } = await new Deno.Command(process.execPath, { args }).output();
    expect([stdout, stderr].map((bytes) => new TextDecoder().decode(bytes))).toEqual(["done\n", ""]);
  });
});

describe("run() awaited at the top level of the main module", () => {
  const atTopLevel = { isTopLevel: true, timeout: 5_000 };

  test("answers the result", async () => {
    const program = 'console.log(await run(sleep(0.01, "done")));';
    const result = await runNode(program, { isTopLevel: true });
    expect(result).toEqual({ status: 0, stdout: "done\n", stderr: "" });
  });

  test("rejects with a DeadlockError", async () => {
    const { status, stderr } = await runNode("await run(() => new Future());", atTopLevel);
    expect(stderr).toContain("DeadlockError: Nothing can wake the event loop any more");
    expect(status).toBe(1);
  });

  test("does not hang in a deadlock if no signal interrupts it", async () => {
    const { status, stderr } = await runNode("await run(() => new Future(), { interruptedBy: [] });", atTopLevel);
    expect(stderr).toMatch(/DeadlockError: |Top-level await promise never resolved/);
    expect(status).toBe(1);
  });

  test("rejects with a DeadlockError if a function awaits it that the top level does not wait for", async () => {
    const program = `run(() => new Future()).catch((error) => {
      console.log(error.name);
      process.exitCode = 1;
    });`;
    const result = await runNode(program, { isTopLevel: true });
    expect(result).toEqual({ status: 1, stdout: "DeadlockError\n", stderr: "" });
  });
});

describe("the exit of a process", () => {
  const program = `
    const loop = newEventLoop();
    loop.createTask(async function poll() { await sleep(60); }, { name: "poller" });
    globalThis.failed = loop.createFuture(); // held, else it may be collected, and so reported, before
    failed.setException(new Error("eggs"));
    await loop.runUntilComplete(sleep(0.01));
    console.log("end");`;

  test("reports the pending tasks and the errors that nobody has read of a loop that was not closed", async () => {
    const { status, stdout, stderr } = await runNode(program);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "end\n" });
    expect(stderr).toMatch(/Task was destroyed but it is pending!\ntask: <Task pending name='poller' coro=poll\(\)/);
    expect(stderr).toMatch(/Future exception was never retrieved.*Error: eggs/s);
    expect(stderr).not.toContain("unclosed event loop");
  });

  test("reports in debug mode that the loop was not closed, and where it was made", async () => {
    const { stderr } = await runNode(program, { env: { ASYNCIO_DEBUG: "1" } });
    expect(stderr).toMatch(/ResourceWarning: unclosed event loop, made or put into debug mode at:\n +at .*eval/);
  });

  test("reports nothing of a loop that was closed, that holds nothing, or that runs", async () => {
    expect(await runNode(`${program} loop.setExceptionHandler(() => {}); loop.close();`)).toMatchObject({ stderr: "" });
    expect(await runNode("newEventLoop();")).toMatchObject({ stderr: "" });
    const exits = "await run(async () => { createTask(() => sleep(60)); await sleep(0.01); process.exit(); });";
    expect(await runNode(exits)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  test("reports the errors that nobody has read of a loop that runs, and not its pending tasks", async () => {
    const exits = `await run(async () => {
      globalThis.failed = [createTask(async () => { throw new Error("spam"); }), createTask(() => sleep(60))];
      await sleep(0.01);
      process.exit();
    });`;
    const { status, stderr } = await runNode(exits);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^Task exception was never retrieved.*Error: spam/s);
    expect(stderr.match(/Task exception|pending/g)).toHaveLength(1);
  });
});

describe("unhandledRejection", () => {
  const flags = ["--unhandled-rejections=strict"];
  const fail = 'async () => { throw new Error("spam"); }';

  test("is not raised by a task or a future that failed; the loop reports it", async () => {
    const { status, stdout, stderr } = await runNode(
      `
      await run(async () => {
        createTask(${fail}, { name: "worker" });
        new Future().setException(new Error("eggs"));
        await sleep(0.01);
      });
      console.log("end");`,
      { flags },
    );
    expect({ status, stdout }).toEqual({ status: 0, stdout: "end\n" });
    expect(stderr).toMatch(/Task exception was never retrieved.*Error: spam/s);
    expect(stderr).toMatch(/Future exception was never retrieved.*Error: eggs/s);
  });

  test("is not raised by an error that somebody awaits later", async () => {
    const program = `
      console.log(await run(async () => {
        const task = createTask(${fail});
        await sleep(0.01);
        return await task.catch((error) => error.message);
      }));`;
    expect(await runNode(program, { flags })).toEqual({ status: 0, stdout: "spam\n", stderr: "" });
  });

  test("is raised by a promise that somebody has derived with then()", async () => {
    const { status, stdout, stderr } = await runNode(
      `await run(async () => {
        createTask(${fail}).then(() => {});
        await sleep(0.01);
        console.log("not reached");
      });`,
      { flags },
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("Error: spam");
  });

  test("is raised by a run() that fails and that nobody awaits, as by any promise", async () => {
    const { status, stderr } = await runNode(`run(${fail});`, { flags });
    expect(status).toBe(1);
    expect(stderr).toContain("Error: spam");
    expect(stderr).not.toContain("never retrieved");
  });
});
