import { RuntimeError } from "@asyncio-ts/contextvars";
import { describe, expect, test, vi } from "vitest";
import { eachEngine } from "../test/each-engine.ts";
import { isCoroutine } from "./coroutine.ts";
import { createTask } from "./create-task.ts";
import { CancelledError } from "./errors.ts";
import { mustWait, Operation } from "./operation.ts";
import { sleep } from "./sleep.ts";
import { awaited, failureOf, runVirtual, turnsOf } from "./testing/index.ts";

/** Takes from a stock; when that is empty, waits for a second and takes what a supplier brings. */
class Take extends Operation<number> {
  readonly #stock: number[];
  readonly log: string[] = [];

  constructor(stock: number[]) {
    super();
    this.#stock = stock;
  }

  override get name(): string {
    return "take";
  }

  protected override attempt(): number | typeof mustWait {
    this.log.push("attempt");
    return this.#stock.pop() ?? mustWait;
  }

  protected override *otherwise() {
    try {
      return yield* sleep(1, -1);
    } finally {
      this.log.push("left");
    }
  }
}

describe("Operation", () => {
  eachEngine("takes no turn if its attempt succeeds", function* ({ loop }) {
    const turns = yield* turnsOf(
      loop,
      (function* () {
        expect(yield* awaited(new Take([7]))).toBe(7);
      })(),
    );
    expect(turns).toBe(0);
  });

  eachEngine("waits if its attempt does not succeed", function* ({ loop }) {
    const take = new Take([]);
    expect(yield* awaited(take)).toBe(-1);
    expect([loop.time(), take.log]).toEqual([1, ["attempt", "left"]]);
  });

  eachEngine("is attempted when it is awaited, not when it is made", function* () {
    const stock: number[] = [];
    const take = new Take(stock);
    stock.push(1);
    expect(take.log).toEqual([]);
    expect(yield* awaited(take)).toBe(1);
  });

  eachEngine("can be the work of a task, and be cancelled", function* () {
    const take = new Take([]);
    const task = createTask(take);
    yield* awaited(sleep(0));
    task.cancel();
    expect(yield* failureOf(task)).toBeInstanceOf(CancelledError);
    expect(take.log).toEqual(["attempt", "left"]);
  });

  eachEngine("runs once", function* () {
    const take = new Take([1, 2]);
    yield* awaited(take);
    expect(yield* failureOf(take)).toEqual(
      new RuntimeError("Cannot reuse the coroutine 'take', which was already awaited"),
    );
  });

  test("is a coroutine, and reported if it is forgotten", async () => {
    const warned = vi.spyOn(console, "warn").mockReturnValue();
    const emitted = vi.spyOn(process, "emitWarning").mockReturnValue();
    await runVirtual(async () => {
      expect(isCoroutine(new Take([1]))).toBe(true);
    });
    const said = [...warned.mock.calls, ...emitted.mock.calls].map(String);
    expect(said).toEqual([expect.stringContaining("coroutine 'take' was never awaited")]);
    vi.restoreAllMocks();
  });
});
