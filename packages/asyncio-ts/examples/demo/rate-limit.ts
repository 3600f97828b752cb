import { getRunningLoop, sleep } from "asyncio-ts";

/** Lets so many through per second, evenly, in the order in which they come. */
export class RateLimit {
  readonly #interval: number;
  #next = 0;

  constructor(perSecond: number) {
    this.#interval = 1 / perSecond;
  }

  /** Wait for one's turn. Who is cancelled meanwhile leaves a gap, which does no harm. */
  async turn(): Promise<void> {
    const now = getRunningLoop().time();
    const turn = Math.max(now, this.#next);
    this.#next = turn + this.#interval;
    await sleep(turn - now);
  }
}
