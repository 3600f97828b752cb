import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import { FakeHost } from "../test/fake-host.ts";
import { VirtualLoop } from "../test/virtual-loop.ts";
import { BaseEventLoop } from "./base-event-loop.ts";
import type { Runnable } from "./scheduler.ts";

let warned: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(() => {
  warned.mockRestore();
});

function warnings(): unknown[][] {
  return warned.mock.calls;
}

describe("a slow callback", () => {
  test("is reported in debug mode, with its name, its origin and its time", async () => {
    const loop = new VirtualLoop({ debug: true });
    loop.callSoon(function parseHugeFile() {
      loop.host.advance(0.25);
    });
    await loop.runOneTurn();

    expect(warnings()).toEqual([
      [expect.stringMatching(/^Executing <Handle parseHugeFile\(\).*> took 0\.250 seconds$/), "SlowCallbackWarning"],
    ]);
  });

  test("is not reported without debug mode", async () => {
    const loop = new VirtualLoop({ debug: false });
    loop.callSoon(() => loop.host.advance(10));
    await loop.runOneTurn();

    expect(warnings()).toEqual([]);
  });

  test("is one that takes slowCallbackDuration or longer, a tenth of a second by default", async () => {
    const loop = new VirtualLoop({ debug: true });
    expect(loop.slowCallbackDuration).toBe(0.1);

    loop.slowCallbackDuration = 2;
    loop.callSoon(function fast() {
      loop.host.advance(1.5);
    });
    loop.callSoon(function slow() {
      loop.host.advance(2);
    });
    await loop.runOneTurn();

    expect(warnings().map(([message]) => message)).toEqual([expect.stringContaining("slow()")]);
  });

  test("is charged with the drain after it, done by its host", () => {
    const host = new FakeHost();
    const loop = new BaseEventLoop(host, { debug: true });
    loop.callSoon(function resumeNativeCode() {
      loop.drainMicrotasks();
      loop.stop();
    });
    loop.callSoon(() => {});
    void loop.runForever();
    host.proceed();

    host.time += 0.5; // microtasks run here
    host.settle();

    expect(warnings().map(([message]) => message)).toEqual([
      expect.stringMatching(/resumeNativeCode.* took 0\.500 seconds/),
    ]);
  });

  test("is charged with the drain after it, done in place", () => {
    class Host extends FakeHost {
      drainMicrotasks(): boolean {
        this.time += 0.5;
        return true;
      }
    }
    const host = new Host();
    const loop = new BaseEventLoop(host, { debug: true });
    loop.callSoon(function resumeNativeCode() {
      loop.drainMicrotasks();
      loop.stop();
    });
    void loop.runForever();
    host.settle();

    expect(warnings().map(([message]) => message)).toEqual([
      expect.stringMatching(/resumeNativeCode.* took 0\.500 seconds/),
    ]);
  });

  test("is not charged with what passes between two turns, or while the loop sleeps", () => {
    const host = new FakeHost();
    const loop = new BaseEventLoop(host, { debug: true });
    loop.callSoon(() => loop.drainMicrotasks());
    loop.callAt(100, () => loop.stop());
    void loop.runForever();
    host.proceed();
    host.proceed();

    host.time += 10;
    host.proceed();
    host.ring();

    expect(warnings()).toEqual([]);
    expect(loop.isRunning()).toBe(false);
  });

  test("that throws is reported as well", async () => {
    const loop = new VirtualLoop({ debug: true });
    loop.setExceptionHandler(() => {});
    loop.callSoon(function explode() {
      loop.host.advance(1);
      throw new Error("boom");
    });
    await loop.runOneTurn();

    expect(warnings().map(([message]) => message)).toEqual([expect.stringContaining("explode()")]);
  });

  test.each([true, false])("does no harm when it sets debug mode to %s itself", async (debug) => {
    const loop = new VirtualLoop({ debug: !debug });
    loop.callSoon(() => {
      loop.setDebug(debug);
      loop.host.advance(1);
    });
    loop.callSoon(() => {});
    await loop.runOneTurn();

    expect(warnings()).toEqual([]);
  });

  test("that breaks a run off is charged with its own time, not with that up to the next run", async () => {
    const loop = new VirtualLoop({ debug: true });
    class Rogue implements Runnable {
      run(): void {
        loop.host.advance(2);
        throw new Error("I promised not to throw");
      }

      toString(): string {
        return "the rogue";
      }
    }
    loop.schedule(new Rogue());
    await expect(loop.runForever()).rejects.toThrow("I promised not to throw");

    loop.host.advance(100);
    await loop.runOneTurn();

    expect(warnings().map(([message]) => message)).toEqual(["Executing the rogue took 2.000 seconds"]);
  });
});
