import { Queue } from "asyncio-ts";

/** The pages that were found and not visited yet, each of them once. */
export class Frontier {
  readonly #queue = new Queue<string>();
  readonly #found = new Set<string>();

  add(url: string): void {
    if (this.#found.has(url)) return;
    this.#found.add(url);
    this.#queue.putNowait(url);
  }

  /** Visit pages as they are found; the visit of one is over when the next is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for await (const url of this.#queue) {
      yield url;
      this.#queue.taskDone();
    }
  }

  /** Wait until every page that was found has been visited. */
  async visited(): Promise<void> {
    await this.#queue.join();
  }
}
