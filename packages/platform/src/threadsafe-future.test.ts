import { CancelledError, TimeoutError } from "@asyncio-ts/tasks";
import { describe, expect, test, vi } from "vitest";
import { ThreadsafeFuture, type ThreadsafeSource } from "./threadsafe-future.ts";

/** A future, and what it asks of the way to its loop; `reply` is called where the thread would sleep. */
function make(reply: (future: ThreadsafeFuture<number>) => void = () => {}) {
  const wait = vi.fn<ThreadsafeSource["wait"]>();
  const source = { cancel: vi.fn<ThreadsafeSource["cancel"]>(() => true), running: () => false, wait };
  const future = new ThreadsafeFuture<number>(source);
  wait.mockImplementation(() => {
    reply(future);
    return future.done();
  });
  return { future, source };
}

describe("ThreadsafeFuture.result()", () => {
  test("sleeps until the result is there, for ever if need be, and once only", () => {
    const { future, source } = make((future) => future.setResult(42));
    expect([future.result(), future.result()]).toEqual([42, 42]);
    expect(source.wait.mock.calls).toEqual([[Number.POSITIVE_INFINITY]]);
  });

  test("throws a TimeoutError after so many seconds, and can be asked again", () => {
    const replies: ((future: ThreadsafeFuture<number>) => void)[] = [() => {}, (future) => future.setResult(1)];
    const { future, source } = make((future) => replies.shift()?.(future));
    expect(() => future.result(0.5)).toThrow(TimeoutError);
    expect(future.done()).toBe(false);
    expect(future.result(0)).toBe(1);
    expect(source.wait.mock.calls).toEqual([[0.5], [0]]);
  });

  test("names the time in its TimeoutError", () => {
    expect(() => make().future.result(0.5)).toThrow("The coroutine has not ended within 0.5 seconds");
  });

  test("throws what the coroutine has thrown", () => {
    const { future } = make((future) => future.setException(new RangeError("spam")));
    expect(() => future.result()).toThrow(new RangeError("spam"));
  });

  test("throws a CancelledError at once after cancel(), with its reason", () => {
    const { future, source } = make();
    expect(future.cancel("enough")).toBe(true);
    expect(source.cancel.mock.calls).toEqual([["enough"]]);
    expect(() => future.result()).toThrow(new CancelledError("enough"));
    expect(source.wait).not.toHaveBeenCalled();
  });

  test.each([[-1], [Number.NaN], ["1"]])("refuses to wait for %j seconds, also when it is done", (timeout) => {
    const { future } = make();
    future.setResult(1);
    expect(() => future.result(timeout as number)).toThrow(RangeError);
    expect(() => future.exception(timeout as number)).toThrow(RangeError);
  });
});

describe("ThreadsafeFuture.exception()", () => {
  test("sleeps as result() does, and gives what was thrown", () => {
    const error = new RangeError("spam");
    const { future, source } = make((future) => future.setException(error));
    expect(future.exception(2)).toBe(error);
    expect(source.wait.mock.calls).toEqual([[2]]);
  });

  test("is null after a result", () => {
    expect(make((future) => future.setResult(1)).future.exception()).toBe(null);
  });
});
