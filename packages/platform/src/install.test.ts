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

  test("ends when nothing else goes on, without a DeadlockError, but waits for sleeps", async () => {
    const program = `${installed} install();
      createTask(async () => { await sleep(0.02); console.log("slept"); });
      createTask(async () => await new Future());`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "slept\n", stderr: "" });
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
