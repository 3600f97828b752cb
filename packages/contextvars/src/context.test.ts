import { describe, expect, test } from "vitest";
import { Context, copyContext, currentContext } from "./context.ts";
import { ContextVar } from "./context-var.ts";
import { RuntimeError } from "./errors.ts";

// Ideas: CPython's Lib/test/test_context.py, whose tests are named where one of ours stands for them.

describe("Context", () => {
  test("new Context() is empty", () => {
    const context = new Context();

    expect(context.size).toBe(0);
    expect([...context]).toEqual([]);
  });

  test("new Context() inside another one is empty", () => {
    const v = new ContextVar<number>("v");
    const outer = new Context();

    const inner = outer.run(() => {
      v.set(1);
      return new Context();
    });

    expect(inner.has(v)).toBe(false);
  });

  test("get() answers undefined where the variable has no value", () => {
    expect(new Context().get(new ContextVar<number>("v"))).toBeUndefined();
  });

  test("get() answers the fallback where the variable has no value", () => {
    expect(new Context().get(new ContextVar<number>("v"), "none")).toBe("none");
  });

  test("get() does not consider the default of the variable (getset_3)", () => {
    const v = new ContextVar("v", { default: 42 });

    expect(new Context().get(v)).toBeUndefined();
    expect(new Context().has(v)).toBe(false);
  });

  test("get() answers undefined, not the fallback, where that is the value", () => {
    const v = new ContextVar<undefined>("v");
    const context = new Context();
    context.run(() => v.set(undefined));

    expect(context.has(v)).toBe(true);
    expect(context.get(v, "none")).toBeUndefined();
  });

  test("keys(), values(), entries(), size and iteration show what was set, in its order (getset_1)", () => {
    const a = new ContextVar<number>("a");
    const b = new ContextVar<string>("b");
    const context = new Context();
    context.run(() => {
      a.set(1);
      b.set("two");
    });

    expect(context.size).toBe(2);
    expect([...context.keys()]).toEqual([a, b]);
    expect([...context.values()]).toEqual([1, "two"]);
    expect([...context.entries()]).toEqual([
      [a, 1],
      [b, "two"],
    ]);
    expect([...context]).toEqual([a, b]);
  });

  test("keys() tells two variables of one name apart", () => {
    const [a, b] = [new ContextVar<number>("v"), new ContextVar<number>("v")];
    const context = new Context();
    context.run(() => a.set(1));

    expect(context.has(a)).toBe(true);
    expect(context.has(b)).toBe(false);
  });

  test.each(["keys", "values", "entries"] as const)("%s() goes on over what there was when it was called", (method) => {
    const context = new Context();
    context.run(() => new ContextVar<number>("first").set(1));

    const iterator = context[method]();
    context.run(() => new ContextVar<number>("second").set(2));

    expect([...iterator]).toHaveLength(1);
    expect(context.size).toBe(2);
  });

  test.each([
    ["a string", "user"],
    ["undefined", undefined],
    ["a plain object", { name: "user" }],
  ])("get() and has() refuse %s as variable (typerrors_1)", (_, key) => {
    const context = new Context();

    expect(() => context.get(key as never)).toThrow(TypeError);
    expect(() => context.has(key as never)).toThrow(TypeError);
  });
});

describe("Context.run()", () => {
  test("passes the arguments and answers the result (run_2)", () => {
    expect(new Context().run((a: number, b: string) => [a, b], 1, "two")).toEqual([1, "two"]);
  });

  test("lets an error of the function through and leaves the context (run_3, run_5)", () => {
    const v = new ContextVar<number>("v");
    const context = new Context();
    const error = new Error("from within");

    const fail = (): never => {
      v.set(1);
      throw error;
    };

    expect(() => context.run(fail)).toThrow(error);
    expect(v.get(null)).toBeNull();
    expect(context.get(v)).toBe(1);
    expect(context.run(() => v.get())).toBe(1);
  });

  test("shows what was set at once in the context that is entered (run_6)", () => {
    const v = new ContextVar("v", { default: 0 });
    const context = new Context();

    context.run(() => {
      v.set(42);
      expect(v.get()).toBe(42);
      expect(context.get(v)).toBe(42);
    });
  });

  test("keeps changes inside", () => {
    const v = new ContextVar("v", { default: "outside" });

    new Context().run(() => v.set("inside"));

    expect(v.get()).toBe("outside");
  });

  test("keeps changes for the next run", () => {
    const v = new ContextVar<number>("v");
    const context = new Context();

    context.run(() => v.set(1));

    expect(context.run(() => v.get())).toBe(1);
  });

  test("of another context, nested, does not see the outer one and restores it (run_4)", () => {
    const v = new ContextVar<string>("v");
    const [outer, inner] = [new Context(), new Context()];

    outer.run(() => {
      v.set("outer");
      inner.run(() => {
        expect(v.get(null)).toBeNull();
        v.set("inner");
      });
      expect(v.get()).toBe("outer");
    });

    expect(inner.get(v)).toBe("inner");
  });

  test("makes its context the current one", () => {
    const context = new Context();

    expect(context.run(currentContext)).toBe(context);
  });

  test("of a context that is entered is a RuntimeError (run_7)", () => {
    const context = new Context();

    context.run(() => {
      expect(() => context.run(() => {})).toThrow(RuntimeError);
    });
  });

  test("of a context that is entered further out is a RuntimeError", () => {
    const [outer, inner] = [new Context(), new Context()];

    outer.run(() => {
      inner.run(() => {
        expect(() => outer.run(() => {})).toThrow("Cannot enter a context that is already entered");
      });
    });
  });

  test("of the current context outside of any flow is a RuntimeError", () => {
    expect(() => currentContext().run(() => {})).toThrow(RuntimeError);
  });

  test("of the own context after an await is a RuntimeError", async () => {
    const context = new Context();

    await context.run(async () => {
      await Promise.resolve();
      expect(() => context.run(() => {})).toThrow(RuntimeError);
    });
  });

  test("can be repeated after a refusal and after an error", () => {
    const context = new Context();
    context.run(() => {
      expect(() => context.run(() => {})).toThrow(RuntimeError);
    });

    expect(context.run(() => "again")).toBe("again");
  });

  test.each([
    ["nothing", undefined],
    ["a string", "f"],
    ["an object", {}],
  ])("refuses %s instead of a function (run_1)", (_, f) => {
    const context = new Context();

    expect(() => context.run(f as never)).toThrow(TypeError);
    expect(context.run(() => "still works")).toBe("still works");
  });

  test("names what it was given instead of a function", () => {
    expect(() => new Context().run(7 as never)).toThrow("Context.run() needs a function, not 7");
  });
});

describe("Context.run() of an async function", () => {
  test("keeps the context over all of its awaits", async () => {
    const v = new ContextVar("v", { default: "outside" });

    const seen = await new Context().run(async () => {
      v.set("inside");
      await Promise.resolve();
      const afterOne = v.get();
      await new Promise((resolve) => setImmediate(resolve));
      return [afterOne, v.get()];
    });

    expect(seen).toEqual(["inside", "inside"]);
    expect(v.get()).toBe("outside");
  });

  test("keeps two interleaved flows apart", async () => {
    const v = new ContextVar<string>("v");
    const trace: string[] = [];
    const flow = async (name: string): Promise<void> => {
      v.set(`${name}1`);
      await Promise.resolve();
      trace.push(v.get());
      v.set(`${name}2`);
      await Promise.resolve();
      trace.push(v.get());
    };

    await Promise.all([new Context().run(flow, "a"), new Context().run(flow, "b")]);

    expect(trace).toEqual(["a1", "b1", "a2", "b2"]);
  });

  test("leaves the context at the first await, so that another flow may enter it", async () => {
    const v = new ContextVar<number>("v");
    const context = new Context();

    const first = context.run(async () => {
      await Promise.resolve();
      return v.get();
    });
    context.run(() => v.set(2));

    expect(await first).toBe(2);
  });

  test("is followed by what it calls", async () => {
    const v = new ContextVar<string>("v");
    const inner = async (): Promise<string> => {
      await Promise.resolve();
      return v.get();
    };

    const seen = await new Context().run(async () => {
      v.set("outer");
      return await inner();
    });

    expect(seen).toBe("outer");
  });
});

describe("Context.copy()", () => {
  test("holds the same values", () => {
    const v = new ContextVar<number>("v");
    const original = new Context();
    original.run(() => v.set(1));

    expect([...original.copy().entries()]).toEqual([[v, 1]]);
  });

  test("does not see what the original sets later (copy_1)", () => {
    const v = new ContextVar<number>("v");
    const original = new Context();
    original.run(() => v.set(1));

    const copy = original.copy();
    original.run(() => v.set(2));

    expect([original.get(v), copy.get(v)]).toEqual([2, 1]);
  });

  test("does not show what it sets to the original (copy_1)", () => {
    const v = new ContextVar<number>("v");
    const original = new Context();
    original.run(() => v.set(1));

    const copy = original.copy();
    copy.run(() => v.set(3));

    expect([original.get(v), copy.get(v)]).toEqual([1, 3]);
  });

  test("of a copy is isolated from both", () => {
    const v = new ContextVar<number>("v");
    const first = new Context();
    const second = first.copy();
    const third = second.copy();

    second.run(() => v.set(2));
    third.run(() => v.set(3));

    expect([first.has(v), second.get(v), third.get(v)]).toEqual([false, 2, 3]);
  });

  test("is isolated although the original has changed between two copies", () => {
    const v = new ContextVar<number>("v");
    const original = new Context();
    const copies = [1, 2, 3].map((n) => {
      original.run(() => v.set(n));
      return original.copy();
    });

    expect(copies.map((copy) => copy.get(v))).toEqual([1, 2, 3]);
  });

  test("is isolated also when a value is taken away", () => {
    const v = new ContextVar<number>("v");
    const original = new Context();
    const token = original.run(() => v.set(1));

    const copy = original.copy();
    original.run(() => v.reset(token));

    expect([original.has(v), copy.get(v)]).toEqual([false, 1]);
  });

  test("shares the values themselves", () => {
    const v = new ContextVar<number[]>("v");
    const original = new Context();
    const list: number[] = [];
    original.run(() => v.set(list));

    expect(original.copy().get(v)).toBe(list);
  });

  test("of an entered context can be entered", () => {
    const context = new Context();

    context.run(() => {
      expect(context.copy().run(() => "inside")).toBe("inside");
    });
  });
});

describe("copyContext()", () => {
  test("is a new context each time (get_context_1)", () => {
    const copy = copyContext();

    expect(copy).toBeInstanceOf(Context);
    expect(copyContext()).not.toBe(copy);
    expect(currentContext()).not.toBe(copy);
  });

  test("copies the values of the current context", () => {
    const v = new ContextVar<number>("v");

    const copy = new Context().run(() => {
      v.set(1);
      return copyContext();
    });

    expect([...copy.entries()]).toEqual([[v, 1]]);
  });

  test("lets a flow replace a value without changing it for its creator (getset_5)", () => {
    const v = new ContextVar<number[]>("v");
    new Context().run(() => {
      v.set([]);
      copyContext().run(() => {
        v.set([]);
        v.get().push(42);
        expect(v.get()).toEqual([42]);
      });
      expect(v.get()).toEqual([]);
    });
  });
});

describe("currentContext()", () => {
  test("is the same one outside of any flow", () => {
    expect(currentContext()).toBe(currentContext());
  });

  test("holds what is set outside of any flow", () => {
    const v = new ContextVar<number>("v");

    v.set(1);

    expect(currentContext().get(v)).toBe(1);
  });
});
