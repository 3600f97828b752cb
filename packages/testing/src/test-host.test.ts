import { describe, expect, test } from "vitest";
import { TestHost, type TestHostOptions } from "./test-host.ts";

function makeHost(options: Partial<TestHostOptions> = {}): TestHost {
  return new TestHost({ limit: 100, onLimit: () => {}, onLooks: () => {}, patience: 0, ...options });
}

const aMoment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe("TestHost", () => {
  test.each([0, 0.001])("is not stuck while it knows when to go on, with %d s of patience", async (patience) => {
    const host = makeHost({ patience });
    const log: unknown[] = [];
    host.whenStuck(() => log.push("stuck"));
    host.wakeAt(5, () => log.push(host.now()));
    await aMoment();
    expect(log).toEqual([5]);
  });

  test("is stuck when it does not, and when that never comes", async () => {
    for (const times of [[], [Number.POSITIVE_INFINITY]]) {
      const host = makeHost();
      const log: string[] = [];
      host.whenStuck(() => log.push("stuck"));
      for (const time of times) host.wakeAt(time, () => log.push("woken"));
      await aMoment();
      expect(log).toEqual(["stuck"]);
    }
  });

  test("tells those who wait for sleep first, and goes on at their will", async () => {
    const host = makeHost();
    const log: string[] = [];
    host.whenAsleep(() => log.push("asleep"));
    const alarm = host.wakeAt(5, () => log.push("woken"));
    host.whenAsleep(() => alarm.cancel());
    await aMoment();
    expect([log, host.now()]).toEqual([["asleep"], 0]);
    host.wakeAt(5, () => log.push("woken"));
    await aMoment();
    expect([log, host.now()]).toEqual([["asleep", "woken"], 5]);
  });

  test("stops at its limit, which can be moved", async () => {
    const log: string[] = [];
    const host = makeHost({ limit: 10, onLimit: () => log.push("limit") });
    host.wakeAt(11, () => log.push("woken"));
    await aMoment();
    expect([log, host.now()]).toEqual([["limit"], 10]);
    host.allow(5);
    host.wakeAt(15, () => log.push("woken"));
    await aMoment();
    expect([log, host.now()]).toEqual([["limit", "woken"], 15]);
  });
  test("tells again and again that somebody looks at its clock", () => {
    let calls = 0;
    const host = makeHost({ onLooks: () => calls++ });
    for (let look = 0; look < 1_000; look++) host.now();
    expect(calls).toBeGreaterThan(10);
    expect(calls).toBeLessThan(100);
  });
});
