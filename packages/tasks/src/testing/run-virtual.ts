import { BaseEventLoop, type EventLoopOptions } from "@asyncio-ts/core";
import { VirtualHost } from "@asyncio-ts/core/testing";
import type { Coroutine } from "../coroutine.ts";
import { createTask } from "../create-task.ts";
import type { GeneratorBody } from "../suspension.ts";

/** A loop in virtual time, for tests. */
export class VirtualLoop extends BaseEventLoop {
  readonly host: VirtualHost;

  constructor(options: EventLoopOptions = {}) {
    const host = new VirtualHost();
    super(host, options);
    this.host = host;
  }
}

/**
 * Run `work` as the main task of a loop in virtual time, close the loop, and answer the result.
 *
 * What is still pending then is reported, as at the close of any loop.
 *
 * @param work - A function that makes the work, which gets the loop; or a coroutine, or a generator.
 * @throws {RuntimeError} The work waits for something that can never happen.
 *
 * @example
 * await runVirtual(async (loop) => {
 *   await sleep(3600);
 *   return loop.time();
 * }) // => 3600
 */
export async function runVirtual<T>(
  work: ((loop: VirtualLoop) => GeneratorBody<T> | PromiseLike<T>) | Coroutine<T> | GeneratorBody<T>,
  options: EventLoopOptions = {},
): Promise<T> {
  const loop = new VirtualLoop(options);
  const main = createTask<T>(typeof work === "function" ? () => work(loop) : work, { loop, name: "main" });
  main.addWaiter({ run: () => loop.stop() });
  try {
    await loop.runForever();
    return main.result();
  } finally {
    loop.close();
  }
}
