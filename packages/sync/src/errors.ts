import { brand, RuntimeError } from "@asyncio-ts/contextvars";

/**
 * `getNowait()` of a queue that is empty.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-queue.html#asyncio.QueueEmpty}
 *
 * @example
 * new QueueEmpty("nothing there").name // => "QueueEmpty"
 */
export class QueueEmpty extends Error {
  static {
    brand(this, "asyncio-ts.QueueEmpty");
  }
}

/**
 * `putNowait()` into a queue that is full.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-queue.html#asyncio.QueueFull}
 *
 * @example
 * new QueueFull("no room").name // => "QueueFull"
 */
export class QueueFull extends Error {
  static {
    brand(this, "asyncio-ts.QueueFull");
  }
}

/**
 * Something was put into a queue that was shut down, or asked of one that was shut down and is empty.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-queue.html#asyncio.QueueShutDown}
 *
 * @example
 * new QueueShutDown("no more").name // => "QueueShutDown"
 */
export class QueueShutDown extends Error {
  static {
    brand(this, "asyncio-ts.QueueShutDown");
  }
}

/**
 * The barrier that was waited at was reset or aborted.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-sync.html#asyncio.BrokenBarrierError}
 *
 * @example
 * new BrokenBarrierError("The barrier was aborted") instanceof RuntimeError // => true
 */
export class BrokenBarrierError extends RuntimeError {
  static {
    brand(this, "asyncio-ts.BrokenBarrierError");
  }
}
