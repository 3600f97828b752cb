import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Carrier, Frame } from "./ambient.ts";

/** AsyncLocalStorage goes along with every `await`. */
export const followsAwait: boolean = true;

/** Carries the current frame through `await` and into everything that is started from it. */
export const storage: AsyncLocalStorage<Frame> = new AsyncLocalStorage<Frame>();

/** An AsyncResource saves what every AsyncLocalStorage holds when it is made, ours and those of other libraries. */
export function carryFrame(frame: Frame): Carrier {
  return storage.run(frame, newResource);
}

function newResource(): AsyncResource {
  return new AsyncResource("asyncio");
}
