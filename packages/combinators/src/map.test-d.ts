import { sleep } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import { asCompleted } from "./as-completed.ts";
import { gather } from "./gather.ts";
import { type MappedResults, map } from "./map.ts";

declare const words: AsyncIterable<string>;

test("map() infers what the function gets and gives, of each kind", () => {
  const limit = { limit: 2 };
  expectTypeOf(map([1, 2], async (n) => `${n}`, limit)).toEqualTypeOf<MappedResults<string>>();
  expectTypeOf(map(words, (word) => sleep(1, word.length), limit)).toEqualTypeOf<MappedResults<number>>();
  const generator = map(
    new Set([1n]),
    function* (n, index) {
      expectTypeOf(n).toEqualTypeOf<bigint>();
      expectTypeOf(index).toEqualTypeOf<number>();
      yield* sleep(1);
      return { n };
    },
    limit,
  );
  expectTypeOf(generator).toEqualTypeOf<MappedResults<{ n: bigint }>>();
});

test("results have the type of what is awaited, in both kinds of body", () => {
  const results = map([1], async (n) => n, { limit: 1 });
  async function native() {
    for await (const n of results) expectTypeOf(n).toEqualTypeOf<number>();
    expectTypeOf(await results.toArray()).toEqualTypeOf<number[]>();
  }
  function* generator() {
    const step = yield* results.next();
    if (!step.done) expectTypeOf(step.value).toEqualTypeOf<number>();
    expectTypeOf(yield* results.toArray()).toEqualTypeOf<number[]>();
  }
  expectTypeOf([native, generator]).not.toBeAny();
});

test("a limit changes no type", () => {
  const gathered = gather([async () => 1, sleep(1, "a")], { limit: 1 });
  async function native() {
    expectTypeOf(await gathered).toEqualTypeOf<[number, string]>();
  }
  for (const next of asCompleted([async () => 1], { limit: 1 })) expectTypeOf(next).resolves.toEqualTypeOf<number>();
  expectTypeOf(native).not.toBeAny();
});

test("what makes no sense does not compile", () => {
  // @ts-expect-error the limit is missing
  map([1], async (n) => n, {});
  // @ts-expect-error a number cannot be iterated
  map(5, async (n) => n, { limit: 1 });
  // @ts-expect-error the function gets a number
  map([1], async (word: string) => word, { limit: 1 });
  // @ts-expect-error nothing to await
  map([1], (n) => n, { limit: 1 });
});
