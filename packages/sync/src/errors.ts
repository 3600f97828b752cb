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

/**
 * An end of a channel was used after it was closed, or was closed while it was used.
 *
 * @example
 * new ClosedChannelError("no more").name // => "ClosedChannelError"
 */
export class ClosedChannelError extends Error {
  static {
    brand(this, "asyncio-ts.ClosedChannelError");
  }
}

/**
 * Something was sent into a channel whose receivers are all closed: nobody will ever receive it.
 *
 * @example
 * new BrokenChannelError("nobody there").name // => "BrokenChannelError"
 */
export class BrokenChannelError extends Error {
  static {
    brand(this, "asyncio-ts.BrokenChannelError");
  }
}

/**
 * Something was to be received from a channel whose senders are all closed, after everything was received.
 *
 * @example
 * new EndOfChannelError("that was all").name // => "EndOfChannelError"
 */
export class EndOfChannelError extends Error {
  static {
    brand(this, "asyncio-ts.EndOfChannelError");
  }
}
