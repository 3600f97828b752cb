import { describe, expect, test } from "vitest";
import { brand, brandedClass } from "./brand.ts";

/** A package's error class, as each copy of the package defines it. */
function loadCopy(): new (message?: string) => Error {
  return class PoolClosed extends Error {
    static {
      brand(this, "tests.PoolClosed");
    }
  };
}

describe("brand()", () => {
  test("makes instanceof hold over two copies of a class", () => {
    const [First, Second] = [loadCopy(), loadCopy()];

    expect(new First() instanceof Second).toBe(true);
    expect(new Second() instanceof First).toBe(true);
  });

  test("names the errors by what follows the last dot of the name", () => {
    class Minified extends Error {
      static {
        brand(this, "some.package.BrokenError");
      }
    }

    expect(new Minified("no").name).toBe("BrokenError");
    expect(String(new Minified("no"))).toBe("BrokenError: no");
  });

  test("keeps the name out of the enumerable properties", () => {
    expect(Object.keys(new (loadCopy())("no"))).toEqual([]);
  });

  test("lets a single error have a name of its own", () => {
    const error = new (loadCopy())();
    error.name = "Renamed";

    expect(error.name).toBe("Renamed");
  });

  test("tells two brands apart", () => {
    class Other extends Error {
      static {
        brand(this, "tests.Other");
      }
    }

    expect(new Other() instanceof loadCopy()).toBe(false);
  });

  test.each([[new Error("plain")], [null], [undefined], ["text"], [7], [{}], [() => {}]])(
    "%s is no instance",
    (value) => {
      expect(value instanceof loadCopy()).toBe(false);
    },
  );

  test("keeps the ordinary instanceof of a subclass", () => {
    const Base = loadCopy();
    class Sub extends Base {}

    expect(new Sub() instanceof Sub).toBe(true);
    expect(new Sub() instanceof Base).toBe(true);
    expect(new Base() instanceof Sub).toBe(false);
  });

  test("does not take the subclass of another copy for ours", () => {
    class First extends loadCopy() {}
    class Second extends loadCopy() {}

    expect(new First() instanceof Second).toBe(false);
  });

  test("takes the subclass of another copy for an instance of the base", () => {
    class First extends loadCopy() {}

    expect(new First() instanceof loadCopy()).toBe(true);
  });

  test("brands a subclass of a branded class separately", () => {
    const Base = loadCopy();
    class Sub extends Base {
      static {
        brand(this, "tests.Sub");
      }
    }

    expect(new Sub() instanceof Base).toBe(true);
    expect(new Base() instanceof Sub).toBe(false);
    expect(new Sub().name).toBe("Sub");
    expect(new Base().name).toBe("PoolClosed");
  });

  test("refuses what is no class, and a name that is no string", () => {
    class Unchanged extends Error {}

    expect(() => brand(undefined as never, "tests.X")).toThrow(TypeError);
    expect(() => brand(Unchanged, 7 as never)).toThrow(TypeError);
    expect(new Unchanged().name).toBe("Error");
  });
});

describe("brandedClass()", () => {
  test("finds a class by the name of its brand, the latest of several", () => {
    loadCopy();
    const Last = loadCopy();

    expect(brandedClass("tests.PoolClosed")).toBe(Last);
  });

  test("finds nothing by the name of no brand, also by one that every object has", () => {
    expect([brandedClass("tests.Nothing"), brandedClass("constructor")]).toEqual([undefined, undefined]);
  });
});
