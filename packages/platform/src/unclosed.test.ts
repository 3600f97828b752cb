import { VirtualHost } from "@asyncio-ts/core/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { EventLoop } from "./event-loop.ts";

/** What was warned of by the time that everything droppable is gone. */
async function warningsAfterCollection(drop: () => void, expected: number): Promise<string[]> {
  const warnings: string[] = [];
  const emit = vi.spyOn(process, "emitWarning").mockImplementation((text, type) => warnings.push(`${type}: ${text}`));
  onTestFinished(() => emit.mockRestore());
  drop();
  const { gc } = globalThis;
  if (gc === undefined) throw new Error("This test needs --expose-gc");
  for (let i = 0; i < 100 && warnings.length <= expected; i++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
    if (i >= 10 && warnings.length === expected) break;
  }
  return warnings;
}

const makeLoop = (debug: boolean): EventLoop => new EventLoop(new VirtualHost(), { debug });

describe("a loop that is dropped without having been closed", () => {
  test("is reported in debug mode, with where it was made", async () => {
    function forgetLoop(): void {
      makeLoop(true);
      makeLoop(false).setDebug(true);
    }
    const warnings = await warningsAfterCollection(forgetLoop, 2);
    expect(warnings).toHaveLength(2);
    for (const warning of warnings) {
      expect(warning).toMatch(/^ResourceWarning: unclosed event loop.*forgetLoop.*unclosed\.test\.ts/s);
    }
  });

  test("is not reported otherwise, nor if it was closed", async () => {
    const warnings = await warningsAfterCollection(() => {
      makeLoop(false);
      makeLoop(true).setDebug(false);
      makeLoop(true).close();
      const closed = makeLoop(false);
      closed.close();
      closed.setDebug(true);
    }, 0);
    expect(warnings).toEqual([]);
  });
});
