import { MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { takeTransfers, transfer } from "./transfer.ts";

describe("transfer()", () => {
  test("marks the value itself, for one journey", () => {
    const buffer = new ArrayBuffer(8);

    expect(transfer(buffer)).toBe(buffer);
    expect(takeTransfers([1, buffer, "a"])).toEqual([buffer]);
    expect(takeTransfers([buffer])).toEqual([]);
  });

  test("moves the memory of a view", () => {
    const bytes = new Uint8Array(8);

    expect(takeTransfers([transfer(bytes)])).toEqual([bytes.buffer]);
  });

  test("moves ports and streams", () => {
    const { port1, port2 } = new MessageChannel();
    const stream = new ReadableStream();
    const { readable } = new TransformStream();

    expect(takeTransfers([transfer(port1), transfer(stream), transfer(readable)])).toEqual([port1, stream, readable]);
    port2.close();
  });

  test("moves what is listed out of any object, each thing once", () => {
    const [a, b] = [new ArrayBuffer(1), new ArrayBuffer(2)];
    const values = [transfer({ a, b }, [a, b]), transfer(new Uint8Array(a))];

    expect(takeTransfers(values)).toEqual([a, b]);
  });

  test.each([[{}], [undefined], [null], [7], ["text"], [new SharedArrayBuffer(8)]])("refuses %s by itself", (value) => {
    expect(() => transfer(value as never)).toThrow(TypeError);
  });

  test("refuses a list that is none", () => {
    expect(() => transfer({}, "list" as never)).toThrow(TypeError);
    expect(() => transfer(7 as never, [])).toThrow(TypeError);
  });
});
