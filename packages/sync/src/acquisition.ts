import { show } from "@asyncio-ts/contextvars";
import {
  type Body,
  type Coroutine,
  checkLimits,
  coroutine,
  coroutineOf,
  mustWait,
  Operation,
  type Steps,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import { type LineOwner, TurnInLine } from "./turn-in-line.ts";

/** What can be held for a while, as a lock, and has a line of those who want to. */
export interface Acquirable<Token> extends LineOwner<Token> {
  /** Take it at once, or answer `null`. */
  tryAcquire(): Token | null;
  release(): void;
}

/** Take `from`: at once if that is possible, or else in one's turn. */
export function acquire<Token>(from: Acquirable<Token>, limits: WaitLimits | undefined): Coroutine<Token> {
  if (limits !== undefined) checkLimits("acquire", limits);
  return new Acquisition(from, limits);
}

/** Run `body` in the current task while holding `held`. */
export function runHolding<T>(
  held: Acquirable<unknown>,
  body: Body<[], T>,
  limits: WaitLimits | undefined,
): Coroutine<T> {
  if (typeof body !== "function") throw new TypeError(`with() needs a function, not ${show(body)}`);
  if (limits !== undefined) checkLimits("with", limits);
  return acquireAndRun(held, body, limits) as Coroutine<T>;
}

class Acquisition<Token> extends Operation<Token> {
  // Declared, and set by hand: see WatchedCoroutine.
  declare private readonly from: Acquirable<Token>;
  declare private readonly limits: WaitLimits | undefined;

  constructor(from: Acquirable<Token>, limits: WaitLimits | undefined) {
    super(from.line.loop);
    this.from = from;
    this.limits = limits;
  }

  override get name(): string {
    return "acquire";
  }

  protected override attempt(): Token | typeof mustWait {
    this.limits?.signal?.throwIfAborted();
    return this.from.tryAcquire() ?? mustWait;
  }

  protected override otherwise(): Steps<Token> {
    return new TurnInLine(this.from, "acquire", this.limits);
  }
}

const acquireAndRun = coroutine(function* withHeld<T>(
  held: Acquirable<unknown>,
  body: Body<[], T>,
  limits: WaitLimits | undefined,
) {
  limits?.signal?.throwIfAborted();
  if (held.tryAcquire() === null) yield* new TurnInLine(held, "with", limits);
  try {
    return yield* coroutineOf(body);
  } finally {
    held.release();
  }
});
