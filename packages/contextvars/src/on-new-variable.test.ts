import { describe, expect, test, vi } from "vitest";
import { Context } from "./context.ts";
import { ContextVar } from "./context-var.ts";
import { onNewVariable, type VariableListener } from "./on-new-variable.ts";

describe("onNewVariable()", () => {
  test("tells of each variable that is made from now on, with the contexts that can hold it", () => {
    new ContextVar("before");
    const told: Parameters<VariableListener>[] = [];
    const end = onNewVariable((...about) => void told.push(about));
    const [a, b] = [new ContextVar("tests.a"), new ContextVar("tests.b", { default: 1 })];
    end();

    expect(told).toEqual([
      [a, Context],
      [b, Context],
    ]);
    expect(told.map(([variable]) => [a, b].indexOf(variable))).toEqual([0, 1]);
  });

  test("tells of them when they are complete", () => {
    const seen: unknown[] = [];
    const end = onNewVariable((variable) => seen.push(variable.name, variable.get()));
    new ContextVar("tests.complete", { default: 7 });
    end();

    expect(seen).toEqual(["tests.complete", 7]);
  });

  test("returns what ends it, and leaves other listeners alone", () => {
    const [first, second] = [vi.fn<VariableListener>(), vi.fn<VariableListener>()];
    const ends = [first, second].map((listener) => onNewVariable(listener));
    ends[0]?.();
    new ContextVar("tests.ended");
    ends[1]?.();
    new ContextVar("tests.unheard");

    expect([first, second].map((listener) => listener.mock.calls.length)).toEqual([0, 1]);
  });

  test("does not tell of a variable whose name was refused", () => {
    const listener = vi.fn<VariableListener>();
    const end = onNewVariable(listener);
    expect(() => new ContextVar(7 as never)).toThrow(TypeError);
    end();

    expect(listener).not.toHaveBeenCalled();
  });
});
