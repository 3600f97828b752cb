import { describe, expect, test } from "vitest";
import { nest } from "../test/fixtures/jobs.js";
import { fromWire, toWire } from "./wire-form.ts";

describe("toWire()", () => {
  test.each([
    ["primitive values", [0, 1, "double", null, undefined, true, 5n]],
    ["small plain objects and arrays", [0, [1, { url: "file:///jobs.js", name: "double" }], { a: [{ b: 1 }] }]],
    ["what a worker says", { kind: "ready" }],
    ["any number of parts", Array.from({ length: 1_000 }, (_, n) => n)],
  ])("leaves a message of %s as it is", (_name, message) => {
    expect(toWire(message)).toBe(message);
    expect(fromWire(message)).toBe(message);
  });

  test.each([
    ["an object of a class", [0, new Map([[1, new Date(2)]])]],
    ["an object that is nested", [0, nest(4)]],
    ["a long array", [0, Array.from({ length: 33 }, (_, n) => n)]],
    ["a long object", [0, Object.fromEntries(Array.from({ length: 33 }, (_, n) => [n, n]))]],
    ["a nested reason", { kind: "stopJob", reason: nest(4) }],
  ])("makes bytes of one with %s", (_name, message) => {
    const written = toWire(message);
    expect(written).toBeInstanceOf(Uint8Array);
    expect(fromWire(written)).toEqual(message);
  });

  test.each([
    ["a function", () => {}, "could not be cloned"],
    ["a port", new MessageChannel().port1, "Unserializable host object"],
    ["a port in an object", { port: new MessageChannel().port1 }, "Unserializable host object"],
  ])("refuses %s", (_name, value, why) => {
    expect(() => toWire([0, value])).toThrow(why);
  });
});
