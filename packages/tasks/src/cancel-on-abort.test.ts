import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { cancelOnAbort } from "./cancel-on-abort.ts";
import { Future } from "./future.ts";
import { sleep } from "./sleep.ts";
import { runVirtual } from "./testing/index.ts";

test("cancelOnAbort() cancels with the reason, when the signal is aborted", async () => {
  await runVirtual(async () => {
    const controller = new AbortController();
    const future = new Future<void>();
    cancelOnAbort(future, controller.signal);
    expect(future.done()).toBe(false);
    controller.abort("enough");
    expect(future.failure()?.error).toMatchObject({ name: "CancelledError", reason: "enough" });
  });
});

test("cancelOnAbort() cancels at once, given a signal that is aborted already", async () => {
  await runVirtual(async () => {
    const future = new Future<void>();
    cancelOnAbort(future, AbortSignal.abort("before"));
    expect(future.failure()?.error).toMatchObject({ reason: "before" });
  });
});

test("cancelOnAbort() leaves nothing on the signal once the future is done", async () => {
  await runVirtual(async () => {
    const { signal } = new AbortController();
    const future = new Future<void>();
    cancelOnAbort(future, signal);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    future.setResult();
    await sleep(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
