import { RuntimeError, show } from "@asyncio-ts/contextvars";
import { type Cancellable, type Host, loopOfFlow, type Seconds, setAmbientLoop } from "@asyncio-ts/core";
import { newPlatformHost } from "#platform-host";
import { EndWatch } from "./end-watch.ts";
import { EventLoop } from "./event-loop.ts";
import { Runner } from "./runner.ts";

/** Settings of `install`. */
export interface InstallOptions {
  /** Debug mode of the loop; by default as the loop is made. */
  readonly debug?: boolean | undefined;
  /** Sleeps of its tasks do not keep the process alive either: for work that may be cut off at any time, without a word. */
  readonly daemon?: boolean | undefined;
}

/** A loop that is always running, until it is uninstalled. */
export interface Installation extends AsyncDisposable {
  readonly loop: EventLoop;
  /** Stop the loop, cancel its tasks and wait for them, and close it. Twice is the same as once. */
  uninstall(): Promise<void>;
}

let installed: Ambient | null = null;

/**
 * Have a loop that is always running: for programs that never call `run`, as the handlers of a server or the script of a
 * page.
 *
 * Code that belongs to no other loop is in this one: `getRunningLoop()` answers it, `createTask()` puts tasks on it, and
 * what is awaited anywhere waits on it. `run()` may still be called beside it, and has a loop of its own.
 *
 * An idle loop does not keep the process alive; sleeps of tasks do, as timers of JavaScript do, unless `daemon` is set. What
 * nothing can wake any more waits until the process ends. If that happens by itself, the tasks that are pending are then
 * reported to the exception handler of the loop, with a `DeadlockError` that tells what each waits on; unless `daemon` is set,
 * and not after `process.exit()`. Errors that nobody has read are reported at any exit. SIGINT is left alone.
 *
 * @throws {TypeError} An option is of the wrong type.
 * @throws {RuntimeError} One is installed already, or the caller is inside a running loop.
 *
 * @example
 * const installation = install();
 * const task = createTask(sleep(0.01, "done")); // no run() anywhere
 * await task // => "done"
 * await installation.uninstall();
 */
export function install(options: InstallOptions = {}): Installation {
  const { debug, daemon = false } = options;
  if (typeof daemon !== "boolean") throw new TypeError(`The option daemon is a boolean, not ${show(daemon)}`);
  if (installed !== null) throw new RuntimeError("An event loop is installed already");
  if (loopOfFlow() !== null) throw new RuntimeError("install() cannot be called from a running event loop");
  const loopFactory = (): EventLoop => new EventLoop(new AmbientHost(newPlatformHost(), daemon));
  installed = new Ambient(new Runner({ debug, loopFactory }), { daemon });
  return installed;
}

class Ambient implements Installation {
  readonly loop: EventLoop;
  readonly #runner: Runner;
  readonly #running: Promise<void>;
  readonly #endWatch: EndWatch;
  #ended: Promise<void> | null = null;

  constructor(runner: Runner, { daemon }: { readonly daemon: boolean }) {
    this.#runner = runner;
    this.loop = runner.getLoop();
    this.#endWatch = new EndWatch(this.loop);
    if (!daemon) this.#endWatch.begin();
    this.#running = this.loop.runForever();
    setAmbientLoop(this.loop);
  }

  uninstall(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.uninstall();
  }

  async #end(): Promise<void> {
    setAmbientLoop(null);
    installed = null;
    this.#endWatch.end();
    this.loop.stop();
    await this.#running;
    await this.#runner.close();
  }
}

/** A host that never tells that nothing can happen any more, and whose timers may be let go of. */
class AmbientHost implements Host {
  readonly #host: Host;
  readonly #isDaemon: boolean;

  constructor(host: Host, isDaemon: boolean) {
    this.#host = host;
    this.#isDaemon = isDaemon;
  }

  now(): Seconds {
    return this.#host.now();
  }

  afterMicrotasks(callback: () => void): void {
    this.#host.afterMicrotasks(callback);
  }

  drainMicrotasks(): boolean {
    return this.#host.drainMicrotasks?.() ?? false;
  }

  afterIo(callback: () => void): void {
    this.#host.afterIo(callback);
  }

  wakeAt(time: Seconds, callback: () => void): Cancellable {
    const alarm: Cancellable & { unref?(): void } = this.#host.wakeAt(time, callback);
    if (this.#isDaemon) alarm.unref?.();
    return alarm;
  }

  whenStuck(): Cancellable {
    return { cancel() {} };
  }
}
