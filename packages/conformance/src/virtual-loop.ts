import { VirtualHost } from "@asyncio-ts/core/testing";
import {
  BunHost,
  type Cancellable,
  EventLoop,
  type Host,
  NodeHost,
  type Runnable,
  type Seconds,
  WebHost,
} from "asyncio-ts";

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

/** Time is virtual; all else is as on the platform, so that what is compared is what users run. */
class LimitedHost extends VirtualHost {
  loop: VirtualLoop | null = null;
  readonly #host = newPlatformHost();
  /** Those that are set, and will go off. */
  readonly #alarms = new Set<object>();

  override afterMicrotasks(callback: () => void): void {
    this.#host.afterMicrotasks(callback);
  }

  drainMicrotasks(): boolean {
    return this.#host.drainMicrotasks?.() ?? false;
  }

  /** There is no I/O that a macrotask would let through, and it would cost more than most programs. */
  override afterIo(callback: () => void): void {
    this.#host.afterMicrotasks(callback);
  }

  override wakeAt(time: Seconds, callback: () => void): Cancellable {
    const alarm = {};
    if (time !== Number.POSITIVE_INFINITY) this.#alarms.add(alarm);
    const wake = (): void => {
      if (this.#alarms.delete(alarm)) callback();
    };
    this.#host.afterMicrotasks(() => {
      if (!this.#alarms.has(alarm) || this.loop?.stopAtTurnLimit()) return;
      super.wakeAt(time, () => this.#host.afterMicrotasks(wake));
    });
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /** Not before an alarm, which here is as far away as two of the platform's tasks. */
  override whenStuck(callback: () => void): Cancellable {
    let isLive = true;
    const look = (): void => {
      if (!isLive) return;
      if (this.#alarms.size > 0) super.whenStuck(look);
      else callback();
    };
    super.whenStuck(look);
    return {
      cancel() {
        isLive = false;
      },
    };
  }
}

function newPlatformHost(): Host {
  if (typeof process === "undefined") return new WebHost();
  return process.versions.bun === undefined ? new NodeHost() : new BunHost();
}
