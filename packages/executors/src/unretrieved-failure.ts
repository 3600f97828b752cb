import { printException } from "@asyncio-ts/core";

/** Browsers have no process, nor an end of it that could be waited for. */
const host = globalThis as { readonly process?: Pick<NodeJS.Process, "once" | "removeListener"> };

/** Those that nobody has read yet, until they are reported. */
const unread = new Set<UnretrievedFailure>();

const dropped = new FinalizationRegistry<UnretrievedFailure>((failure) => failure.report());

/**
 * The exception of an executor future that nobody has read yet.
 *
 * There is no loop whose exception handler could be told, so it is printed: when the future is dropped, and at the latest
 * when the process ends.
 */
export class UnretrievedFailure {
  readonly #error: unknown;

  constructor(future: object, error: unknown) {
    this.#error = error;
    if (unread.size === 0) host.process?.once("exit", reportAll);
    unread.add(this);
    dropped.register(future, this, this);
  }

  /** Somebody has read it. */
  forgive(): void {
    if (!unread.delete(this)) return;
    dropped.unregister(this);
    if (unread.size === 0) host.process?.removeListener("exit", reportAll);
  }

  report(): void {
    if (!unread.has(this)) return;
    this.forgive();
    printException({ message: "The exception of a job was never retrieved", exception: this.#error });
  }
}

function reportAll(): void {
  for (const failure of unread) failure.report();
}
