import { WebHost } from "asyncio-ts";

declare const scheduler: {
  postTask(callback: () => void, options: { readonly priority: string }): Promise<void>;
};

/** Ways in which a page can be asked for a turn: as `WebHost` does; by messages; by `postTask` of some priority. */
export const ways = ["WebHost", "message", "user-blocking", "user-visible", "background"] as const;

export type Way = (typeof ways)[number];

/** What `WebHost` is where there is no `postTask`. */
class MessageHost extends WebHost {
  override afterMicrotasks(callback: () => void): void {
    this.afterIo(callback);
  }
}

class PostTaskHost extends WebHost {
  readonly #priority: string;

  constructor(priority: string) {
    super();
    this.#priority = priority;
  }

  override afterMicrotasks(callback: () => void): void {
    void scheduler.postTask(callback, { priority: this.#priority });
  }

  override afterIo(callback: () => void): void {
    this.afterMicrotasks(callback);
  }
}

export function newHost(way: Way): WebHost {
  if (way === "WebHost") return new WebHost();
  return way === "message" ? new MessageHost() : new PostTaskHost(way);
}
