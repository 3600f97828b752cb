import { VirtualHost } from "@asyncio-ts/core/testing";
import { EventLoop } from "../src/event-loop.ts";

/** A loop of the platform whose time jumps. */
export function virtualLoop(options: { readonly debug?: boolean } = {}): EventLoop {
  return new EventLoop(new VirtualHost(), options);
}

/** Settings of runs in virtual time. */
export const virtual: { readonly loopFactory: () => EventLoop } = { loopFactory: () => virtualLoop() };
