import { type ChildProcess, spawn } from "node:child_process";
import type { WorkerExit } from "./errors.ts";
import type { ProcessCommand } from "./process-command.ts";
import { ProcessGuard } from "./process-guard.ts";
import { StopFile } from "./stop-file.ts";
import { fromWire, toWire } from "./wire-form.ts";
import type { Initialization } from "./worker/prepare.ts";
import type { ProcessData } from "./worker/process-worker.ts";
import type { WorkerEvents, WorkerLink } from "./worker-link.ts";

const isDeno = "deno" in process.versions;

/** What a process is started with. */
export interface ProcessSettings extends ProcessCommand {
  readonly execPath: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The processes that live: with the end of this one, they end.
 *
 * One that is idle notices that its channel is closed. One that is busy does not: we kill it, or, if we cannot, the guard does.
 */
const living = new Set<ProcessLink>();
const guard = new ProcessGuard();

/** So long after the end of a process its channel may take to end, in milliseconds, where that is not always told. */
const channelEnd = 100;

/** The line to a process: the channel of Node, and its signals. */
export class ProcessLink implements WorkerLink {
  readonly words: null = null;
  readonly #child: ChildProcess;
  readonly #stopFile = new StopFile();
  readonly #events: WorkerEvents;
  #posted = 0;
  #error: unknown = undefined;
  #exit: WorkerExit | null = null;
  #isGone = false;

  constructor(events: WorkerEvents, initialization: Initialization, settings: ProcessSettings) {
    this.#events = events;
    const { execPath, args, input, env } = settings;
    this.#child = spawn(execPath, args, {
      env,
      // A group of its own, so that what the job has started ends with it, and Ctrl-C is for us alone.
      detached: process.platform !== "win32",
      serialization: "advanced",
      stdio: [input === null ? "ignore" : "pipe", "inherit", "inherit", "ipc"],
    });
    this.#child.stdin?.on("error", () => {}).end(input);
    this.#child.on("message", (received) => this.#receive(received));
    this.#child.on("error", (error) => this.#fail(error));
    this.#child.on("exit", (exitCode, signal) => this.#end({ exitCode, signal, oom: isOutOfMemory(exitCode, signal) }));
    this.#child.on("disconnect", () => this.#settle());
    if (living.size === 0) process.on("exit", killAll);
    living.add(this);
    if (this.#child.pid === undefined) return; // an "error" follows
    guard.add(this.#child.pid);
    try {
      this.#child.send(toWire({ stopFile: this.#stopFile.path, initialization } satisfies ProcessData), () => {});
    } catch (error) {
      this.#forget(); // it cannot be told how to begin: nobody is to hear of it again
      throw error;
    }
  }

  post(message: unknown): void {
    const written = toWire(message);
    const post = this.#posted + 1;
    if (this.#child.connected) this.#child.send(written, (error) => this.#check(post, error));
    else this.#events.onUnsent(post);
    this.#posted = post;
  }

  #receive(received: unknown): void {
    let message: unknown;
    try {
      message = fromWire(received);
    } catch (error) {
      this.#events.onUnreadable(error);
      return;
    }
    this.#events.onMessage(message);
  }

  stop(slot: number, id: number): void {
    this.#stopFile.note(slot, id);
  }

  ref(): void {
    if (this.#child.pid === undefined) return;
    this.#child.ref();
    this.#child.channel?.ref?.(); // Bun has none
  }

  unref(): void {
    if (this.#child.pid === undefined) return; // Deno has nothing to let go of then
    this.#child.unref();
    this.#child.channel?.unref?.();
  }

  /** The program ends. */
  end(): void {
    this.kill();
    this.#stopFile.remove();
  }

  kill(): void {
    if (this.#child.pid === undefined || this.#exit !== null) return;
    if (!this.#killGroup()) this.#child.kill("SIGKILL");
  }

  /** The process, and all that it has started, also if it itself has ended. Answers whether there was any. */
  #killGroup(): boolean {
    const { pid } = this.#child;
    if (pid === undefined || process.platform === "win32") return false;
    try {
      return process.kill(-pid, "SIGKILL");
    } catch {
      return false; // the last of them has ended
    }
  }

  #check(post: number, error: Error | null): void {
    if (error !== null) this.#events.onUnsent(post);
  }

  /** It could not be started; then there is no exit. */
  #fail(error: Error): void {
    this.#error = error;
    if (this.#child.pid === undefined) this.#end({ exitCode: null, signal: null, oom: false });
  }

  #end(exit: WorkerExit): void {
    this.#killGroup();
    this.#exit = { ...exit, ...(this.#error === undefined ? {} : { error: this.#error }) };
    // Deno does not tell the end of a channel on which there was something left to read for the process.
    if (isDeno && this.#child.connected)
      setTimeout(() => this.#child.connected && this.#child.disconnect(), channelEnd);
    this.#settle();
  }

  /** What it has sent arrives before the end of its channel, which may come after its exit. */
  #settle(): void {
    if (this.#exit === null || this.#isGone || (this.#child.connected && this.#child.pid !== undefined)) return;
    this.#forget();
    this.#events.onExit(this.#exit);
  }

  #forget(): void {
    this.kill();
    this.unref();
    this.#isGone = true;
    this.#stopFile.remove();
    living.delete(this);
    if (this.#child.pid !== undefined) guard.remove(this.#child.pid);
    if (living.size === 0) process.removeListener("exit", killAll);
  }
}

function killAll(): void {
  for (const link of living) link.end();
  guard.dismiss();
}

/** V8 aborts when its heap is full, in Deno by a trap: either signal or code; nothing tells it from `process.abort()`. */
function isOutOfMemory(exitCode: number | null, signal: string | null): boolean {
  const [name, code] = isDeno ? ["SIGTRAP", 133] : ["SIGABRT", 134];
  return signal === name || exitCode === code;
}
