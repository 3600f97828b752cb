import { sleep } from "@asyncio-ts/tasks";
import {
  type ExploreOptions,
  explore,
  type RunTestOptions,
  runTest,
  ScheduleError,
  type TestBody,
} from "../src/index.ts";

/** What `runTest()` fails with. */
export async function failureOf<T>(body: TestBody<T>, options: RunTestOptions = {}): Promise<Error> {
  try {
    await runTest(body, options);
  } catch (error) {
    return error as Error;
  }
  throw new Error("The test was expected to fail");
}

/** What `explore()` has found. */
export async function scheduleErrorOf(body: TestBody<unknown>, options: ExploreOptions = {}): Promise<ScheduleError> {
  try {
    await explore(body, options);
  } catch (error) {
    if (error instanceof ScheduleError) return error;
    throw error;
  }
  throw new Error("No failing order was found");
}

/** Both kinds of a body that does `act`, then sleeps for `seconds`. */
export function bodies(act: () => unknown, seconds = 1): TestBody<void>[] {
  return [
    async () => {
      act();
      await sleep(seconds);
    },
    function* () {
      act();
      yield* sleep(seconds);
    },
  ];
}
