import { describe, expect, test } from "vitest";
import { showRunnable } from "./show-runnable.ts";

class Alarm {
  run(): void {}
}

class Bell extends Alarm {
  override toString(): string {
    return "<Bell of the door>";
  }
}

describe("showRunnable()", () => {
  test("shows what a runnable says of itself, else of which class it is", () => {
    expect([showRunnable(new Bell()), showRunnable(new Alarm())]).toEqual(["<Bell of the door>", "<Alarm>"]);
  });
});
