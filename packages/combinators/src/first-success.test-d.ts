import type { Coroutine, Future } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { firstSuccess } from "./first-success.ts";
import { type StaggeredRaceResult, staggeredRace } from "./staggered-race.ts";

declare const future: Future<number>;

test("firstSuccess() gives what one of them gives", () => {
  expectTypeOf(firstSuccess([future, async () => "text"])).toEqualTypeOf<Coroutine<number | string>>();
  // @ts-expect-error a single future is not a collection
  firstSuccess(future);
  // @ts-expect-error a number cannot be awaited
  firstSuccess([5]);
});

test("staggeredRace() gives a value if there is a winner", async () => {
  const result = await staggeredRace([async () => 1], null);
  expectTypeOf(result).toEqualTypeOf<StaggeredRaceResult<number>>();
  if (result.index === null) expectTypeOf(result.value).toEqualTypeOf<undefined>();
  else expectTypeOf(result.value).toEqualTypeOf<number>();
  const generator = function* () {
    return "text";
  };
  expectTypeOf(staggeredRace([generator], 1)).toEqualTypeOf<Coroutine<StaggeredRaceResult<string>>>();
  // @ts-expect-error a future runs already
  staggeredRace([future], null);
  // @ts-expect-error the delay is missing
  staggeredRace([async () => 1]);
});
