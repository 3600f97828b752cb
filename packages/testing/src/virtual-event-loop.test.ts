import { createTask, Future, sleep } from "@asyncio-ts/tasks";
import { describe, expect, test } from "vitest";
import { Alarm } from "../test/alarm.ts";
import { runTest, TestTimeoutError, VirtualEventLoop } from "./index.ts";

async function within(options: ConstructorParameters<typeof VirtualEventLoop>[0], seconds: number): Promise<unknown> {
  const loop = new VirtualEventLoop(options);
  await loop.runUntilComplete(loop.createTask(() => sleep(seconds))).catch(() => {});
  const { overrun } = loop;
  loop.setExceptionHandler(() => {});
  loop.close();
  return overrun;
}

describe("VirtualEventLoop", () => {
  test("jumps to the next deadline, and is in debug mode unless told otherwise", async () => {
    const loop = new VirtualEventLoop();
    await loop.runUntilComplete(sleep(3600));
    expect([loop.time(), loop.getDebug(), new VirtualEventLoop({ debug: false }).getDebug()]).toEqual([
      3600,
      true,
      false,
    ]);
    loop.close();
  });

  test("tells why it has stopped by itself, and only then", async () => {
    expect(await within({ timeout: 10 }, 10)).toBeNull();
    expect(await within({ timeout: 10 }, 11)).toBeInstanceOf(TestTimeoutError);
  });

  test("checkTime() throws once more time has passed than may", () => {
    const loop = new VirtualEventLoop({ timeout: 10 });
    loop.host.advance(10);
    loop.checkTime();
    loop.host.advance(1);
    expect(() => loop.checkTime()).toThrow(TestTimeoutError);
    loop.close();
  });

  test("looseTimers() leaves out what was cancelled, has fired, or ends with a task that is pending", async () => {
    await runTest(
      async (loop) => {
        loop.callLater(1, () => {});
        loop.callLater(60, () => {}).cancel();
        const kept = loop.callLater(60, () => {});
        const end = new Future<void>();
        const task = createTask(async () => {
          loop.scheduleAt(new Alarm());
          await end;
        });
        await sleep(2);
        expect(loop.looseTimers()).toEqual([kept]);
        end.setResult();
        await task;
        expect(loop.looseTimers()).toEqual([kept, expect.any(Alarm)]);
      },
      { allow: ["timer"] },
    );
  });

  test("looseTimers() loses none among many", async () => {
    await runTest(
      async (loop) => {
        const kept = Array.from({ length: 200 }, () => {
          const timer = loop.callLater(60, () => {});
          for (let i = 0; i < 5; i++) loop.callLater(60, () => {}).cancel();
          return timer;
        });
        expect(loop.looseTimers()).toEqual(kept);
      },
      { allow: ["timer"], debug: false },
    );
  });
});
