import type { Host } from "@asyncio-ts/core";
import { BunHost } from "./bun-host.ts";
import { DenoHost } from "./deno-host.ts";
import { NodeHost } from "./node-host.ts";
import { DefaultEventLoopPolicy } from "./policy.ts";
import { WebHost } from "./web-host.ts";

/**
 * Loops on `NodeHost`, whatever runtime this is.
 *
 * @example
 * const loop = new NodeEventLoopPolicy().newEventLoop();
 * await loop.runUntilComplete(sleep(0.01, "done")) // => "done"
 * loop.close();
 */
export class NodeEventLoopPolicy extends DefaultEventLoopPolicy {
  protected override newHost(): Host {
    return new NodeHost();
  }
}

/** Loops on `BunHost`. */
export class BunEventLoopPolicy extends DefaultEventLoopPolicy {
  protected override newHost(): Host {
    return new BunHost();
  }
}

/** Loops on `DenoHost`. */
export class DenoEventLoopPolicy extends DefaultEventLoopPolicy {
  protected override newHost(): Host {
    return new DenoHost();
  }
}

/** Loops on `WebHost`, for pages and web workers. */
export class WebEventLoopPolicy extends DefaultEventLoopPolicy {
  protected override newHost(): Host {
    return new WebHost();
  }
}

/**
 * For programs from Python that name it: the default policy.
 *
 * There, Windows has two loops of which neither can do everything. Here the runtime does the I/O, on Windows by
 * completion ports, and every loop can wait for processes, pipes and sockets.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-policy.html#asyncio.WindowsSelectorEventLoopPolicy}
 *
 * @example
 * setEventLoopPolicy(new WindowsSelectorEventLoopPolicy());
 * getEventLoopPolicy() instanceof DefaultEventLoopPolicy // => true
 * setEventLoopPolicy(null);
 */
export class WindowsSelectorEventLoopPolicy extends DefaultEventLoopPolicy {}

/**
 * For programs from Python that name it: the default policy; see `WindowsSelectorEventLoopPolicy`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-policy.html#asyncio.WindowsProactorEventLoopPolicy}
 */
export class WindowsProactorEventLoopPolicy extends DefaultEventLoopPolicy {}
