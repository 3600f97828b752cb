import { RuntimeError } from "@asyncio-ts/contextvars";
import { expect, test } from "vitest";
import { Future } from "./future.ts";
import { FutureWait, PromiseWait } from "./suspension.ts";
import { VirtualLoop } from "./testing/index.ts";

function wait(): { future: Future<number>; steps: FutureWait<number> } {
  const future = new Future<number>({ loop: new VirtualLoop() });
  return { future, steps: new FutureWait(future, undefined) };
}

test("FutureWait of a done future ends in its first step", () => {
  const { future, steps } = wait();
  future.setResult(1);
  expect(steps.next()).toEqual({ done: true, value: 1 });
});

test("FutureWait suspends on itself, and ends once the future is done", () => {
  const { future, steps } = wait();
  expect(steps.next().value).toBe(steps);
  future.setResult(1);
  expect(steps.next()).toEqual({ done: true, value: 1 });
});

test("FutureWait throws what the future failed with", () => {
  const { future, steps } = wait();
  steps.next();
  future.setException(new RangeError("boom"));
  expect(() => steps.next()).toThrow("boom");
});

test("FutureWait that is resumed too early says so", () => {
  const { steps } = wait();
  steps.next();
  expect(() => steps.next()).toThrow(RuntimeError);
});

test("FutureWait and PromiseWait throw what is thrown into them, and return at once", () => {
  const promise = new PromiseWait(new Promise<number>(() => {}));
  for (const steps of [wait().steps, promise]) {
    steps.next();
    expect(() => steps.throw(new RangeError("thrown in"))).toThrow("thrown in");
    expect(steps.return()).toEqual({ done: true, value: undefined });
  }
});

test("PromiseWait suspends once, and ends with the value that it is given", () => {
  const steps = new PromiseWait(Promise.resolve(1));
  expect(steps.next()).toMatchObject({ done: false });
  expect(steps.next(5)).toEqual({ done: true, value: 5 });
});
