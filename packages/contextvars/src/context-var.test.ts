import { describe, expect, test } from "vitest";
import { Context, copyContext } from "./context.ts";
import { ContextVar, Token } from "./context-var.ts";
import { LookupError, RuntimeError } from "./errors.ts";

// Ideas: CPython's Lib/test/test_context.py, whose tests are named where one of ours stands for them.

/** Run `f` in a context of its own, so that what it sets is gone afterwards. */
function isolated<R>(f: () => R): R {
  return new Context().run(f);
}

describe("new ContextVar()", () => {
  test("has a name (var_new_1)", () => {
    expect(new ContextVar("user").name).toBe("user");
  });

  test.each([
    ["a number", 1],
    ["nothing", undefined],
    ["null", null],
  ])("refuses %s as name (var_new_1)", (_, name) => {
    expect(() => new ContextVar(name as never)).toThrow(TypeError);
  });

  test("names what it was given instead of a name", () => {
    expect(() => new ContextVar(1 as never)).toThrow("The name of a context variable is a string, not 1");
  });
});

describe("ContextVar.get()", () => {
  test("answers the value in the current context before anything else", () => {
    isolated(() => {
      const v = new ContextVar("v", { default: "of the variable" });
      v.set("set");

      expect(v.get()).toBe("set");
      expect(v.get("of the call")).toBe("set");
    });
  });

  test("prefers the default of the call to that of the variable", () => {
    const v = new ContextVar("v", { default: "of the variable" });

    expect(v.get("of the call")).toBe("of the call");
  });

  test("answers the default of the variable where nothing is set", () => {
    expect(new ContextVar("v", { default: "of the variable" }).get()).toBe("of the variable");
  });

  test("throws a LookupError where there is neither a value nor a default (getset_1)", () => {
    expect(() => new ContextVar("user").get()).toThrow(LookupError);
  });

  test("names the variable in its error", () => {
    expect(() => new ContextVar("user").get()).toThrow('The context variable "user" has no value in this context');
  });

  test.each([[undefined], [null], [0], [""], [false]])("takes %j for a default of the call", (fallback) => {
    expect(new ContextVar("v").get(fallback)).toBe(fallback);
  });

  test.each([[undefined], [null], [0], [""], [false]])("takes %j for a default of the variable", (value) => {
    expect(new ContextVar<unknown>("v", { default: value }).get()).toBe(value);
  });

  test.each([[undefined], [null], [0], [""], [false]])("takes %j for a value", (value) => {
    isolated(() => {
      const v = new ContextVar<unknown>("v", { default: "of the variable" });
      v.set(value);

      expect(v.get("of the call")).toBe(value);
    });
  });

  test("finds no default in options that have none", () => {
    expect(() => new ContextVar("v", {} as never).get()).toThrow(LookupError);
  });
});

describe("ContextVar.set()", () => {
  test("replaces the value", () => {
    isolated(() => {
      const v = new ContextVar<number>("v");
      v.set(1);
      v.set(2);

      expect(v.get()).toBe(2);
    });
  });

  test("leaves other variables alone", () => {
    isolated(() => {
      const [a, b] = [new ContextVar<number>("v"), new ContextVar<number>("v")];
      a.set(1);

      expect(b.get(null)).toBeNull();
    });
  });
});

describe("ContextVar.reset()", () => {
  test("restores the value from before (getset_1)", () => {
    isolated(() => {
      const v = new ContextVar<string>("v");
      v.set("before");
      const token = v.set("after");

      v.reset(token);

      expect(v.get()).toBe("before");
    });
  });

  test("takes the value away where there was none", () => {
    isolated(() => {
      const v = new ContextVar("v", { default: "of the variable" });

      v.reset(v.set("set"));

      expect(v.get()).toBe("of the variable");
    });
  });

  test("restores a value of undefined", () => {
    const context = new Context();
    const v = new ContextVar<number | undefined>("v");

    context.run(() => {
      v.set(undefined);
      v.reset(v.set(1));
    });

    expect(context.has(v)).toBe(true);
  });

  test("goes back to the token's place over later values", () => {
    isolated(() => {
      const v = new ContextVar<number>("v");
      const token = v.set(1);
      v.set(2);
      v.set(3);

      v.reset(token);

      expect(v.get(null)).toBeNull();
    });
  });

  test("refuses a token that was used, and changes nothing (getset_1)", () => {
    isolated(() => {
      const v = new ContextVar<number>("v");
      const token = v.set(1);
      v.reset(token);
      v.set(2);

      expect(() => v.reset(token)).toThrow(RuntimeError);
      expect(() => v.reset(token)).toThrow('The token of the context variable "v" was already used');
      expect(v.get()).toBe(2);
    });
  });

  test("refuses the token of another variable, which stays usable (getset_2)", () => {
    isolated(() => {
      const [a, b] = [new ContextVar<number>("a"), new ContextVar<number>("b")];
      const token = a.set(1);

      expect(() => b.reset(token)).toThrow(RangeError);
      expect(() => b.reset(token)).toThrow('The token was made by the context variable "a", not by "b"');
      expect(a.get()).toBe(1);
      a.reset(token);
      expect(a.get(null)).toBeNull();
    });
  });

  test("refuses the token of another context, which stays usable there (getset_4)", () => {
    const v = new ContextVar("v", { default: 42 });
    const context = new Context();
    const token = context.run(() => v.set(1));

    expect(() => v.reset(token)).toThrow(RangeError);
    expect(() => v.reset(token)).toThrow('The token of the context variable "v" was made in another context');
    expect(context.get(v)).toBe(1);
    context.run(() => v.reset(token));
    expect(context.has(v)).toBe(false);
  });

  test("refuses a token in a copy of its context", () => {
    isolated(() => {
      const v = new ContextVar<number>("v");
      const token = v.set(1);

      copyContext().run(() => {
        expect(() => v.reset(token)).toThrow(RangeError);
      });
    });
  });

  test.each([
    ["nothing", undefined],
    ["a value", 1],
    ["something like a token", { variable: null, oldValue: 1 }],
  ])("refuses %s instead of a token", (_, token) => {
    isolated(() => {
      const v = new ContextVar<number>("v");
      v.set(1);

      expect(() => v.reset(token as never)).toThrow(TypeError);
      expect(v.get()).toBe(1);
    });
  });
});

describe("Token", () => {
  test("knows its variable and what it held before (getset_1)", () => {
    isolated(() => {
      const v = new ContextVar<string>("v");
      v.set("before");

      const token = v.set("after");

      expect(token).toBeInstanceOf(Token);
      expect(token.variable).toBe(v);
      expect(token.oldValue).toBe("before");
    });
  });

  test("oldValue is Token.MISSING where there was no value, whatever the defaults (getset_1)", () => {
    isolated(() => {
      expect(new ContextVar("v", { default: 1 }).set(2).oldValue).toBe(Token.MISSING);
    });
  });

  test("MISSING is one symbol, equal to nothing else", () => {
    expect(typeof Token.MISSING).toBe("symbol");
    expect(Token.MISSING).toBe(Token.MISSING);
    expect(String(Token.MISSING)).toContain("MISSING");
  });

  test("restores the variable when it is disposed", () => {
    isolated(() => {
      const v = new ContextVar<string>("v");
      v.set("before");

      const token = v.set("after");
      token[Symbol.dispose]();

      expect(v.get()).toBe("before");
    });
  });

  test("can be used once, by reset() or by disposal", () => {
    isolated(() => {
      const v = new ContextVar<string>("v");
      const token = v.set("after");
      v.reset(token);

      expect(() => token[Symbol.dispose]()).toThrow(RuntimeError);
    });
  });

  test("cannot be disposed in another context", () => {
    const token = isolated(() => new ContextVar<number>("v").set(1));

    expect(() => token[Symbol.dispose]()).toThrow(RangeError);
  });
});
