import type { Coroutine, Work } from "@asyncio-ts/tasks";

/** Makes a task body that awaits what `begin` makes, and hands on the value within the same step. */
type MakeWork = <T>(begin: () => Coroutine<T>, received: (value: T) => void) => Work<void>;

/** The same body in each kind, for tests that need many of them. */
export const eachKind: Readonly<Record<"generator" | "native", MakeWork>> = {
  generator: (begin, received) =>
    function* () {
      received(yield* begin());
    },
  native: (begin, received) => async () => {
    received(await begin());
  },
};
