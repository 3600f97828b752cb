import type { Host } from "@asyncio-ts/core";
import { BunHost } from "./bun-host.ts";
import { DenoHost } from "./deno-host.ts";
import { NodeHost } from "./node-host.ts";

/**
 * The host of the runtime that this runs on.
 *
 * Asked at run time, not by an export condition: what was bundled for Node runs on Bun and on Deno as well.
 */
export function newPlatformHost(): Host {
  const { Bun, Deno } = globalThis as { readonly Bun?: unknown; readonly Deno?: unknown };
  if (Bun !== undefined) return new BunHost();
  if (Deno !== undefined) return new DenoHost();
  return new NodeHost();
}
