import { sleep } from "@asyncio-ts/tasks";
import { awaited } from "@asyncio-ts/tasks/testing";

/** In a script: let `n` turns pass. */
export function* turn(n = 1): Generator<unknown, void, unknown> {
  for (let passed = 0; passed < n; passed++) yield* awaited(sleep(0));
}
