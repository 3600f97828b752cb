import { DeadlockError } from "@asyncio-ts/platform";
import { createTask, Future, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import { bodies, failureOf } from "../test/failing.ts";
import { runTest } from "./index.ts";

describe("runTest()", () => {
  test("fails with a DeadlockError when nothing can wake the loop, and names who waits for what", async () => {
    for (const body of bodies(() => {}, Number.POSITIVE_INFINITY)) {
      const error = await failureOf(body);
      expect(error).toBeInstanceOf(DeadlockError);
      expect(error.message).toMatch(
        /tasks pending: 1\n {2}<Task pending name='main'.* waiting on <Sleep pending>>\n.*failing\.ts/,
      );
    }
  });

  test("does not wait for the outside, and says so", async () => {
    const outside = async (): Promise<void> => await new Promise((resolve) => setTimeout(resolve, 20));
    const print = vi.spyOn(console, "error").mockReturnValue();
    const error = await failureOf(outside);
    expect(error).toBeInstanceOf(DeadlockError);
    expect(print).not.toHaveBeenCalled();
    print.mockRestore();
    expect(error.message).toContain("waits on a promise that no loop knows of");
    expect(error.message).toContain(
      "Virtual time waits for nothing from outside of the loop, unless the option patience",
    );
    expect((await failureOf(() => new Future<void>())).message).not.toContain("patience");
  });

  test("has patience with the outside if it is told to, before time jumps and before it gives up", async () => {
    const outside = (): Promise<string> => new Promise((resolve) => setTimeout(resolve, 20, "from outside"));
    expect(await runTest(async () => await outside(), { patience: 2 })).toBe("from outside");
    const order = await runTest(
      async () => {
        const log: string[] = [];
        const sleeper = createTask(async () => {
          await sleep(3600);
          log.push("an hour later");
        });
        log.push(await outside());
        await sleeper;
        return log;
      },
      { patience: 0.2 },
    );
    expect(order).toEqual(["from outside", "an hour later"]);
    const stuck = await failureOf(async () => await new Promise(() => {}), { patience: 0.01 });
    expect(stuck).toBeInstanceOf(DeadlockError);
    expect(stuck.message).not.toContain("patience");
  });
});
