import { VirtualHost } from "@asyncio-ts/core/testing";
import { type Cancellable, EventLoop, type Runnable, type Seconds } from "asyncio-ts";

/** A program that takes more turns than this spins. */
const turnLimit = 20_000;

/**
 * A loop in virtual time that stops a program that spins.
 *
 * It reports nothing: what a program leaves behind is in its trace.
 */
export class VirtualLoop extends EventLoop {
  #isAskedToStop = false;

  constructor() {
    const host = new LimitedHost();
    super(host);
    host.loop = this;
    this.setExceptionHandler(() => {});
  }

  /** Whether the last turn that is allowed has ended, and nobody had asked for that. */
  hasHitTurnLimit(): boolean {
    return this.statistics().turns >= turnLimit && !this.#isAskedToStop;
  }

  /** Stop if another turn would be one too many. */
  stopAtTurnLimit(): boolean {
    if (this.statistics().turns < turnLimit) return false;
    super.stop();
    return true;
  }

  override stop(): void {
    this.#isAskedToStop = true;
    super.stop();
  }

  override schedule(runnable: Runnable): void {
    super.schedule(runnable);
    this.stopAtTurnLimit();
  }
}

class LimitedHost extends VirtualHost {
  loop: VirtualLoop | null = null;

  /** A tick costs a fraction of the macrotask that the general virtual host uses. */
  override afterMicrotasks(callback: () => void): void {
    queueMicrotask(() => process.nextTick(callback));
  }

  override afterIo(callback: () => void): void {
    this.afterMicrotasks(callback);
  }

  override wakeAt(time: Seconds, callback: () => void): Cancellable {
    let isLive = true;
    queueMicrotask(() => {
      if (!isLive || this.loop?.stopAtTurnLimit()) return;
      super.wakeAt(time, callback);
    });
    return {
      cancel() {
        isLive = false;
      },
    };
  }
}
