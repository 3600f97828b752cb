import { BaseEventLoop, type EventLoopOptions } from "../src/base-event-loop.ts";
import type { ExceptionContext } from "../src/exception-handler.ts";
import { VirtualHost } from "../src/testing/virtual-host.ts";

/** A loop in virtual time whose callbacks may fail a test: `run()` throws what they threw. */
export class VirtualLoop extends BaseEventLoop {
  readonly host: VirtualHost;
  /** What would have been printed. */
  readonly reports: ExceptionContext[] = [];

  constructor(options: EventLoopOptions = {}) {
    const host = new VirtualHost();
    super(host, options);
    this.host = host;
    this.setExceptionHandler((_, context) => this.reports.push(context));
  }

  /** Run until `stop()` is called. */
  async run(): Promise<void> {
    await this.runForever();
    for (const { exception } of this.reports) throw exception;
  }

  /** Run for so many seconds. */
  async runFor(seconds: number): Promise<void> {
    const timer = this.callLater(seconds, () => this.stop());
    await this.run();
    timer.cancel();
  }

  /** Run for one turn. */
  async runOneTurn(): Promise<void> {
    this.stop();
    await this.run();
  }
}
