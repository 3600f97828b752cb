import { describe, expect, test, vi } from "vitest";
import { runNode } from "../test/run-node.ts";
import { run } from "./run.ts";

vi.setConfig({ testTimeout: 30_000 }); // processes take their time on a busy machine

/** Prints `interrupt`, upon which the program gets a SIGINT, and waits for that. */
const wait = 'console.log("interrupt"); await sleep(60);';

describe("SIGINT during run()", () => {
  test("cancels the main task, whose cleanup may take its time, then run() rejects with KeyboardInterrupt", async () => {
    const program = `
      const left = run(async () => {
        createTask(async () => { try { await sleep(60); } finally { console.log("shut down"); } });
        try { ${wait} } finally { await sleep(0.02); console.log("cleaned up"); }
      });
      const error = await left.catch((error) => error);
      console.log(error instanceof KeyboardInterrupt, error.name, error.cause.name);
      console.log(process.listenerCount("SIGINT"));`;
    const stdout = "interrupt\ncleaned up\nshut down\ntrue KeyboardInterrupt CancelledError\n0\n";
    expect(await runNode(program)).toEqual({ status: 130, stdout, stderr: "" });
  });

  test("ends a program that does not catch the KeyboardInterrupt with the exit code 130", async () => {
    for (const start of ["await run", "run"]) {
      const { status, stderr } = await runNode(`${start}(async () => { ${wait} });`);
      expect(status).toBe(130);
      expect(stderr).toContain("KeyboardInterrupt: The run was interrupted by SIGINT");
    }
  });

  test("leaves the exit code to a program that sets one", async () => {
    const program = `await run(async () => { ${wait} }).catch(() => { process.exitCode = 3; });`;
    expect((await runNode(program)).status).toBe(3);
  });

  test("reaches a main task that never sleeps", async () => {
    const program = `
      const error = await run(async () => {
        console.log("interrupt");
        for (;;) await sleep(0);
      }).catch((error) => error);
      console.log(error.name);`;
    expect(await runNode(program)).toMatchObject({ status: 130, stdout: "interrupt\nKeyboardInterrupt\n" });
  });

  test("ends a main task that sleeps for ever, until then", async () => {
    const program = `
      setTimeout(() => console.log("interrupt"), 20);
      console.log(await run(sleep(Infinity)).catch((error) => error.name));`;
    const stdout = "interrupt\nKeyboardInterrupt\n";
    expect(await runNode(program)).toEqual({ status: 130, stdout, stderr: "" });
  });

  test("may be survived by a main task that catches the cancellation", async () => {
    const program = `
      console.log(await run(async () => {
        try { ${wait} } catch { await sleep(0.01); return "survived"; }
      }));`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "interrupt\nsurvived\n", stderr: "" });
  });

  test("shows the error of a main task that fails in its cleanup", async () => {
    const program = `
      const error = await run(async () => {
        try { ${wait} } finally { throw new RangeError("spam"); }
      }).catch((error) => error);
      console.log(String(error));`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "interrupt\nRangeError: spam\n", stderr: "" });
  });

  test("[96] stays a CancelledError if somebody else had cancelled the main task already", async () => {
    const program = `
      const error = await run(async () => {
        const main = currentTask();
        createTask(async () => main.cancel("by another task"));
        try { await sleep(60); } finally { await sleep(0.01).then(() => console.log("interrupt")); await sleep(60); }
      }).catch((error) => error);
      console.log(error.name);`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "interrupt\nCancelledError\n", stderr: "" });
  });

  test("exits with 130 at once, the second time", async () => {
    const program = `
      await run(async () => {
        try { ${wait} } finally { console.log("cleaning"); ${wait} console.log("never"); }
      });`;
    expect(await runNode(program)).toEqual({ status: 130, stdout: "interrupt\ncleaning\ninterrupt\n", stderr: "" });
  });

  test("is left to the program if that listens already", async () => {
    const program = `
      const heard = new Promise((resolve) => process.on("SIGINT", () => resolve("heard")));
      console.log(await run(async () => {
        createTask(sleep(60));
        console.log("interrupt");
        return await heard;
      }));
      console.log(process.listenerCount("SIGINT"));`;
    expect(await runNode(program)).toEqual({ status: 0, stdout: "interrupt\nheard\n1\n", stderr: "" });
  });

  test("interrupts all runs that are under way", async () => {
    const program = `
      const second = run(async () => { await sleep(60); });
      const first = run(async () => { ${wait} });
      const results = await Promise.allSettled([first, second]);
      console.log(...results.map(({ reason }) => reason.name));`;
    const stdout = "interrupt\nKeyboardInterrupt KeyboardInterrupt\n";
    expect(await runNode(program)).toEqual({ status: 130, stdout, stderr: "" });
  });

  test("is the first one for a run that has begun after another one has survived one", async () => {
    const program = `
      const survivor = run(async () => { try { ${wait} } catch {} console.log("survived"); await sleep(0.3); });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await run(async () => { try { ${wait} } finally { console.log("cleaned up"); } }).catch((e) => console.log(e.name));
      await survivor;`;
    const stdout = "interrupt\nsurvived\ninterrupt\ncleaned up\nKeyboardInterrupt\n";
    expect(await runNode(program)).toEqual({ status: 130, stdout, stderr: "" });
  });

  test("leaves the exit code to a program that handles uncaught errors", async () => {
    const program = `
      process.on("uncaughtException", () => process.exit(3));
      const fail = (error) => setTimeout(() => { throw error; });
      await run(async () => { ${wait} }).catch(fail);`;
    expect(await runNode(program)).toEqual({ status: 3, stdout: "interrupt\n", stderr: "" });
  });

  test("does what it always does once the run is over", async () => {
    const program = `await run(async () => {}); console.log("interrupt"); setTimeout(() => {}, 60_000);`;
    expect(await runNode(program)).toEqual({ status: null, stdout: "interrupt\n", stderr: "" });
  });

  test("interrupts one run of a runner, which can run again", async () => {
    const program = `
      const runner = new Runner();
      console.log(await runner.run(async () => { ${wait} }).catch((error) => error.name));
      console.log(await runner.run(sleep(0.01, "again")));
      await runner.close();`;
    const stdout = "interrupt\nKeyboardInterrupt\nagain\n";
    expect(await runNode(program)).toEqual({ status: 130, stdout, stderr: "" });
  });
});

describe("SIGTERM during run()", () => {
  const terminated = 'console.log("terminate"); await sleep(60);';

  test("ends the process at once, as it ends any other, unless the run asks for it", async () => {
    const program = `await run(async () => { try { ${terminated} } finally { console.log("not reached"); } });`;
    expect(await runNode(program)).toEqual({ status: null, stdout: "terminate\n", stderr: "" });
  });

  test("cancels the main task, waits for its cleanup, and exits with 143", async () => {
    const main = `async () => { try { ${terminated} } finally { await sleep(0.01); console.log("cleaned up"); } }`;
    const options = '{ interruptedBy: ["SIGINT", "SIGTERM"] }';
    const program = `
      const error = await run(${main}, ${options}).catch((error) => error);
      console.log(error instanceof KeyboardInterrupt, error.signal, error.message, process.listenerCount("SIGTERM"));`;
    const stdout = "terminate\ncleaned up\ntrue SIGTERM The run was interrupted by SIGTERM 0\n";
    expect(await runNode(program)).toEqual({ status: 143, stdout, stderr: "" });
    expect(await runNode(`await run(${main}, ${options});`)).toMatchObject({ status: 143 });
  });

  test("exits at once after a second signal of either kind", async () => {
    const stubborn = `async () => { try { ${terminated} } finally { console.log("terminate"); await sleep(60); } }`;
    const { status } = await runNode(`await run(${stubborn}, { interruptedBy: ["SIGTERM"] });`);
    expect(status).toBe(143);
  });
});

describe("gracePeriod", () => {
  test("is how long the main task may take to clean up", async () => {
    const program = `
      const main = async () => { try { ${wait} } finally { console.log("cleaning up"); await sleep(60); } };
      await run(main, { gracePeriod: 0.05 });`;
    expect(await runNode(program)).toEqual({ status: 130, stdout: "interrupt\ncleaning up\n", stderr: "" });
  });

  test("also limits what the run does after its main task", async () => {
    const child = 'async () => { try { await sleep(60); } finally { console.log("cleaning up"); await sleep(60); } }';
    const program = `
      await run(async () => { createTask(${child}); await sleep(0); ${wait} }, { gracePeriod: 0.05 });`;
    expect(await runNode(program)).toEqual({ status: 130, stdout: "interrupt\ncleaning up\n", stderr: "" });
  });

  test("is no limit for a run of a runner that goes on", async () => {
    const program = `
      const runner = new Runner({ gracePeriod: 0.3 });
      console.log(await runner.run(async () => { ${wait} }).catch((error) => error.name));
      console.log(await runner.run(sleep(0.5, "again")));
      await runner.close();`;
    const stdout = "interrupt\nKeyboardInterrupt\nagain\n";
    expect(await runNode(program)).toEqual({ status: 130, stdout, stderr: "" });
  });

  test("is no limit for a main task that has ended in time, nor for what comes after it", async () => {
    const program = `
      const error = await run(async () => { ${wait} }, { gracePeriod: 0.3 }).catch((error) => error);
      await new Promise((resolve) => setTimeout(resolve, 500));
      console.log(error.name);`;
    expect(await runNode(program)).toEqual({ status: 130, stdout: "interrupt\nKeyboardInterrupt\n", stderr: "" });
  });
});

describe("run()", () => {
  test.each([
    [{ interruptedBy: "SIGINT" }, TypeError],
    [{ interruptedBy: ["SIGHUP"] }, TypeError],
    [{ interruptedBy: null }, TypeError],
    [{ gracePeriod: "1" }, TypeError],
    [{ gracePeriod: -1 }, RangeError],
    [{ gracePeriod: Number.NaN }, RangeError],
  ])("refuses the options %j", async (options, kind) => {
    await expect(run(async () => {}, options as never)).rejects.toThrow(kind);
  });
});
