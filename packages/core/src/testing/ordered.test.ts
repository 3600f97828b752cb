import { describe, expect, test } from "vitest";
import { ordered } from "./ordered.ts";

describe("ordered()", () => {
  test("passes steps in their order", () => {
    const order = ordered();

    order.step(1);
    order.step(2);
    order.finish(3);
  });

  test("refuses a step that comes too soon, and names the one before", () => {
    const order = ordered();
    order.step(1);

    expect(() => order.step(3)).toThrow("Step 3 was taken after step 1");
  });

  test("refuses a step that is taken twice", () => {
    const order = ordered();
    order.step(1);

    expect(() => order.step(1)).toThrow("Step 1 was taken after step 1");
  });

  test("begins with step 1", () => {
    expect(() => ordered().step(0)).toThrow("Step 0 was taken after step 0");
    expect(() => ordered().step(2)).toThrow("Step 2 was taken after step 0");
  });

  test("refuses a last step out of order", () => {
    expect(() => ordered().finish(2)).toThrow("Step 2 was taken after step 0");
  });

  test("refuses steps after the last one", () => {
    const order = ordered();
    order.finish(1);

    expect(() => order.step(2)).toThrow("Step 2 was taken after the last one, 1");
    expect(() => order.finish(2)).toThrow("Step 2 was taken after the last one, 1");
  });

  test("goes on where it was after a refusal", () => {
    const order = ordered();
    order.step(1);
    expect(() => order.step(3)).toThrow("Step 3");

    order.step(2);
  });
});
