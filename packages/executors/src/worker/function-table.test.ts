import { describe, expect, test } from "vitest";
import { inline } from "../inline.ts";
import { nameOfJob } from "../job-name.ts";
import { callForEach, FunctionTable, isThenable, load } from "./function-table.ts";

const name = nameOfJob(inline((n: number) => n + 1)) as NonNullable<ReturnType<typeof nameOfJob>>;

describe("FunctionTable", () => {
  test("get() knows by its number what it was told of by name, however often", () => {
    const table = new FunctionTable();
    const told = table.get([3, name]);
    expect(table.get(3)).toBe(told);
    expect(table.get([3, name])).toBe(told);
  });
});

describe("load()", () => {
  test("finds the function, and keeps it", async () => {
    const known = new FunctionTable().get([0, name]);
    expect(known.call).toBeNull();
    const call = await load(known);
    expect(call(1)).toBe(2);
    expect(known.call).toBe(call);
  });
});

describe("callForEach()", () => {
  test("calls one after another, and waits where one is asynchronous", async () => {
    const order: string[] = [];
    const call = async (n: number) => {
      order.push(`begin ${n}`);
      await null;
      order.push(`end ${n}`);
      return n * 2;
    };
    expect(await callForEach(call, [1, 2])).toEqual([2, 4]);
    expect(order).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  });

  test("ends with the first failure", async () => {
    const called: unknown[] = [];
    const call = (n: number) => {
      called.push(n);
      throw new RangeError("no");
    };
    await expect(callForEach(call, [1, 2])).rejects.toThrow("no");
    expect(called).toEqual([1]);
  });
});

describe("isThenable()", () => {
  test.each([
    [Promise.resolve(), true],
    [{ then() {} }, true],
    [Object.assign(() => {}, { then() {} }), true],
    [{ then: 1 }, false],
    [() => {}, false],
    [null, false],
    [undefined, false],
    ["then", false],
  ])("of %o is %s", (value, answer) => {
    expect(isThenable(value)).toBe(answer);
  });
});
