import { expectTypeOf, test } from "vitest";
import { ExceptionGroup } from "./exception-group.ts";

declare const group: ExceptionGroup;
class HttpError extends Error {
  readonly status: number = 404;
}

test("the parts of a split are groups or null", () => {
  const [matching, others] = group.split([HttpError, TypeError]);
  expectTypeOf(matching).toEqualTypeOf<ExceptionGroup | null>();
  expectTypeOf(others).toEqualTypeOf<ExceptionGroup | null>();
  expectTypeOf(group.subgroup((error) => error === 5)).toEqualTypeOf<ExceptionGroup | null>();
});

test("the leaves are anything, and those of a class are of that class", () => {
  expectTypeOf(group.leaves()).toEqualTypeOf<unknown[]>();
  expectTypeOf(group.leaves(HttpError)).toEqualTypeOf<HttpError[]>();
});

test("what tells no errors apart is refused", () => {
  // @ts-expect-error a name is no class
  group.split("HttpError");
  // @ts-expect-error an array of functions that are no classes
  group.split([() => true]);
  // @ts-expect-error a function gives no type to the leaves
  group.leaves(() => true);
  // @ts-expect-error the errors are missing
  new ExceptionGroup("message");
});
