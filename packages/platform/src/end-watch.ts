import { allTasks } from "@asyncio-ts/tasks";
import { DeadlockError } from "./errors.ts";
import type { EventLoop } from "./event-loop.ts";

/**
 * Reports the tasks of a running loop that are pending when the process ends by itself: nothing can wake them any more.
 *
 * A process that ends by `process.exit()` or by an error has cut them off, and nothing is said. For loops that are always
 * running; the run of any other one fails with the `DeadlockError`.
 */
export class EndWatch {
  readonly #loop: EventLoop;
  /** The turns of the loop when the process had nothing left to wait for; it may have got more work since. */
  #turnsAtEnd: number | null = null;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  begin(): void {
    if (typeof globalThis.process?.on !== "function") return;
    process.on("beforeExit", this.#mark);
    process.on("exit", this.#report);
  }

  end(): void {
    if (typeof globalThis.process?.removeListener !== "function") return;
    process.removeListener("beforeExit", this.#mark);
    process.removeListener("exit", this.#report);
  }

  readonly #mark = (): void => {
    this.#turnsAtEnd = this.#loop.statistics().turns;
  };

  readonly #report = (): void => {
    if (this.#turnsAtEnd !== this.#loop.statistics().turns) return;
    const tasks = [...allTasks(this.#loop)];
    if (tasks.length === 0) return;
    this.#loop.callExceptionHandler({
      message: "The process ends while tasks of the installed event loop are pending",
      exception: new DeadlockError(tasks),
    });
  };
}
