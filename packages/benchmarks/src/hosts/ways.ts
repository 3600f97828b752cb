import { WebHost } from "asyncio-ts";

declare const scheduler: {
  postTask(callback: () => void, options: { readonly priority: string }): Promise<void>;
};

/**
 * Ways in which a page can be asked for a turn: by a message; by `scheduler.postTask` of some priority; or the steps of
 * native bodies by `postTask`, and a message once in a millisecond, when others are to have their turn.
 */
export const ways = ["message", "user-blocking", "user-visible", "background", "user-blocking, message"] as const;

export type Way = (typeof ways)[number];

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

/** Asks for slices by a message, as `WebHost` does. */
class MixedHost extends WebHost {
  override afterMicrotasks(callback: () => void): void {
    void scheduler.postTask(callback, { priority: "user-blocking" });
  }
}

export function newHost(way: Way): WebHost {
  if (way === "message") return new WebHost();
  if (way === "user-blocking, message") return new MixedHost();
  return new PostTaskHost(way);
}
