import type { Suspendable } from "asyncio-ts";
import type { SharedOp, StatementOf } from "./program.ts";
import type { Performer } from "./world.ts";

/** What a statement answers when its coroutine is to return. */
export class Return {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** What a statement answers when there is something to wait for. */
export class Wait {
  readonly on: Suspendable<unknown>;
  /** The line of the trace, once there is a result. */
  readonly line: (result: unknown) => string;

  private constructor(on: Suspendable<unknown>, line: (result: never) => string) {
    this.on = on;
    this.line = line as Wait["line"];
  }

  static on<T>(awaitable: Suspendable<T>, line: (result: T) => string): Wait {
    return new Wait(awaitable, line);
  }
}

/** A statement that every kind of body performs alike. */
export type Shared<O extends SharedOp> = (by: Performer, s: StatementOf<O>) => Wait | Return | undefined;

export type SharedStatements = { readonly [O in SharedOp]: Shared<O> };
