import type { Host } from "@asyncio-ts/core";
import { WebHost } from "./web-host.ts";

/** The host of a web page or a web worker. */
export function newPlatformHost(): Host {
  return new WebHost();
}
