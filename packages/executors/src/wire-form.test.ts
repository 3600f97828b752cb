import { describe, expect, test } from "vitest";
import { fromWire, toWire } from "./wire-form.ts";

describe("toWire()", () => {
  test("leaves a message of primitive values as it is", () => {
    const message = [0, 1, "double", null, undefined, true, 5n];
    expect(toWire(message)).toBe(message);
    expect(fromWire(message)).toBe(message);
  });

  test.each([
    ["an object among the values", [0, { a: new Map([[1, new Date(2)]]) }]],
    ["an array among the values", [0, [1, "double"], 2]],
    ["no array", { kind: "ready" }],
  ])("makes bytes of one with %s", (_name, message) => {
    const written = toWire(message);
    expect(written).toBeInstanceOf(Uint8Array);
    expect(fromWire(written)).toEqual(message);
  });

  test.each([
    ["a function", () => {}, "could not be cloned"],
    ["a port", new MessageChannel().port1, "Unserializable host object"],
  ])("refuses %s", (_name, value, why) => {
    expect(() => toWire([0, value])).toThrow(why);
  });
});
