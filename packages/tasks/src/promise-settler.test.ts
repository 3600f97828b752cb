import { expect, test, vi } from "vitest";
import { PromiseSettler } from "./promise-settler.ts";
import { VirtualLoop } from "./testing/index.ts";

test("PromiseSettler resolves or rejects at once, and has the loop wait for the microtasks that follow", () => {
  const loop = new VirtualLoop();
  const drain = vi.spyOn(loop, "drainMicrotasks");
  const settled: unknown[] = [];
  const settle = new PromiseSettler(
    loop,
    (value) => settled.push(["resolved", value]),
    (error) => settled.push(["rejected", error]),
  );
  settle.returned(1);
  expect(drain).toHaveBeenCalledTimes(1);
  settle.threw("boom");
  expect(drain).toHaveBeenCalledTimes(2);
  expect(settled).toEqual([
    ["resolved", 1],
    ["rejected", "boom"],
  ]);
});
