import { CancelledError, createTask, Future, sleep } from "@asyncio-ts/tasks";
import { afterEach, describe, expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";
import { type Installation, install } from "./install.ts";
import { getEventLoop } from "./policy.ts";
import { run } from "./run.ts";
import { getRunningLoop } from "./running-loop.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

let installation: Installation | null = null;

afterEach(async () => {
  await installation?.uninstall();
  installation = null;
});

describe("install()", () => {
  test("has a loop running for code that is in none", async () => {
    installation = install();
    const { loop } = installation;
    expect([getRunningLoop(), getEventLoop()]).toEqual([loop, loop]);
    expect(await createTask(sleep(0.001, "of a task"))).toBe("of a task");
    expect(await sleep(0.001, "awaited in plain code")).toBe("awaited in plain code");
    expect(await new Promise((resolve) => loop.callSoon(() => resolve(getRunningLoop())))).toBe(loop);
  });

  test("stands beside run(), which has a loop of its own", async () => {
    installation = install();
    const { loop } = installation;
    await run(async () => {
      const own = getRunningLoop();
      expect(own).not.toBe(loop);
      await sleep(0);
      expect(getRunningLoop()).toBe(own);
    });
    const beside = run(sleep(0.005));
    expect(getRunningLoop()).toBe(loop);
    await beside;
  });

  test("is refused a second time, and with options of the wrong type", async () => {
    expect(() => install({ daemon: 1 as never })).toThrow(TypeError);
    expect(() => install({ debug: 1 as never })).toThrow(TypeError);
    installation = install({ debug: true });
    expect(installation.loop.getDebug()).toBe(true);
    expect(() => install()).toThrow("An event loop is installed already");
  });

  test("uninstall() cancels what is left, waits for it and closes the loop", async () => {
    const current = install();
    const seen: unknown[] = [];
    createTask(async () => {
      try {
        await new Future();
      } catch (error) {
        await sleep(0.001);
        seen.push(error);
      }
    });
    await sleep(0);
    await Promise.all([current.uninstall(), current.uninstall()]);
    expect(seen).toEqual([expect.any(CancelledError)]);
    expect(current.loop.isClosed()).toBe(true);
    expect(() => getRunningLoop()).toThrow("no running event loop");
    installation = install();
    expect(installation.loop).not.toBe(current.loop);
  });
});

test("uninstall() leaves no listener on the process behind", async () => {
  const counts: number[] = [];
  for (let round = 1; round <= 2; round++) {
    await install().uninstall();
    counts.push(process.listenerCount("beforeExit"), process.listenerCount("exit"));
  }
  expect(counts.slice(2)).toEqual(counts.slice(0, 2));
});

describe("install(), if it is refused,", () => {
  test.each([[{ debug: "yes" }], [{ daemon: 1 }]])("makes no loop for %j", async (options) => {
    const program = `
      const { install } = await import("@asyncio-ts/platform");
      try { install(${JSON.stringify(options)}); } catch (error) { console.log(error.name); }`;
    const result = await runNode(program, { env: { ASYNCIO_DEBUG: "1" } });
    expect(result).toEqual({ status: 0, stdout: "TypeError\n", stderr: "" });
  });

  test("inside a running loop says so", async () => {
    await expect(run(async () => install())).rejects.toThrow("install() cannot be called from a running event loop");
  });
});

describe("a process with a loop that is installed", () => {
  const installed = 'const { install } = await import("@asyncio-ts/platform");\n';

  test("waits for sleeps, and ends when nothing else goes on; what nothing can wake is told then", async () => {
    const program = `${installed} install();
      createTask(async () => { await sleep(0.02); console.log("slept"); });
      const godot = createTask(async function waitForGodot() { await new Future(); }, { name: "Vladimir" });
      createTask(async () => { await godot; }, { name: "audience" });`;
    const { status, stdout, stderr } = await runNode(program);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "slept\n" });
    expect(stderr).toMatch(/^The process ends while tasks of the installed event loop are pending .*DeadlockError: /s);
    expect(stderr).toContain("tasks pending: 2\n");
    expect(stderr).toContain("<Task pending name='Vladimir' coro=waitForGodot() waiting on <Future pending>>");
    expect(stderr).toContain("<Task pending name='audience' waiting on task 'Vladimir'>");
  });

  test("tells the exception handler of the loop", async () => {
    const program = `${installed} const { loop } = install();
      loop.setExceptionHandler((_, { exception }) => console.log(exception.name, exception.tasks.map((task) => task.getName())));
      createTask(async () => { await new Future(); }, { name: "Vladimir" });`;
    const { stdout, stderr } = await runNode(program);
    expect({ stdout: stdout.replaceAll('"', "'"), stderr }).toEqual({
      stdout: "DeadlockError [ 'Vladimir' ]\n",
      stderr: "",
    });
  });

  const pending = 'createTask(async () => { await new Future(); }, { name: "Vladimir" });';

  test.each([
    ["after process.exit()", `install(); ${pending} setTimeout(() => process.exit(), 5);`],
    ["of a daemon", `install({ daemon: true }); ${pending}`],
    ["if nothing is pending", "install(); createTask(sleep(0.005));"],
    ["once it is uninstalled", `const installation = install(); ${pending} installation.uninstall();`],
    [
      "if the program got more to do at its end, and exits then",
      `install();
       const woken = getRunningLoop().createFuture();
       createTask(async () => { await woken; await new Future(); });
       process.once("beforeExit", () => { woken.setResult(); setTimeout(() => process.exit(), 5); });`,
    ],
  ])("tells no pending tasks %s", async (_, program) => {
    expect(await runNode(installed + program)).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  const failing = `
    const failed = createTask(async () => { throw new Error("spam"); }, { name: "worker" });
    const read = createTask(async () => { throw new Error("read"); });
    read.catch(() => {});
    globalThis.held = [failed, read]; /* else they may be collected, and so reported, before */`;

  test.each([
    ["by itself", "", 0],
    ["by process.exit()", "setTimeout(() => process.exit(3), 5);", 3],
    ["by an error that nobody catches", 'setTimeout(() => { throw new Error("uncaught"); }, 5);', 1],
  ])("reports once the errors that nobody has read when it ends %s", async (_, end, expected) => {
    const { status, stderr } = await runNode(`${installed} install(); ${failing} ${end}`);
    expect(status).toBe(expected);
    expect(stderr.match(/Task exception was never retrieved/g)).toHaveLength(1);
    expect(stderr).toMatch(/future: <Task finished name='worker' .*Error: spam/s);
    expect(stderr).not.toContain("pending");
  });

  test("waits for no sleep of a daemon", async () => {
    const program = `${installed} install({ daemon: true });
      createTask(async () => { await sleep(3600); });
      setTimeout(() => console.log("end"), 20);`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "end\n", stderr: "" });
  });

  test("serves the handlers of a server", async () => {
    const program = `${installed} install();
      const { createServer } = await import("node:http");
      const server = createServer(async (request, response) => {
        const task = createTask(async () => { await sleep(0.005); return "from " + currentTask().getName(); }, { name: request.url });
        response.end(await task);
      });
      server.listen(0, "127.0.0.1", async () => {
        const get = async (path) => (await fetch("http://127.0.0.1:" + server.address().port + path)).text();
        console.log(...(await Promise.all([get("/a"), get("/b")])));
        server.close();
        server.closeAllConnections();
      });`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "from /a from /b\n", stderr: "" });
  });
});
