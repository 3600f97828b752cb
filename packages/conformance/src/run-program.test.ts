import { describe, expect, test, vi } from "vitest";
import type { Statement } from "./program.ts";
import { type Kind, type Run, runProgram } from "./run-program.ts";

const kinds: readonly Kind[] = ["generator", "native"];

function run(kind: Kind, bodies: Record<string, readonly Statement[]>): Promise<Run> {
  return runProgram({ name: "test", bodies, trace: [] }, [kind]);
}

describe.each(kinds)("runProgram(), %s", (kind) => {
  test("traces what the coroutines do, and when", async () => {
    const { trace } = await run(kind, {
      main: [
        { op: "spawn", body: "a", as: "t" },
        { op: "await", of: "t" },
      ],
      a: [
        { op: "sleep", for: 1.5 },
        { op: "return", value: 7 },
      ],
    });
    expect(trace).toEqual([
      "0 main start",
      "0 main spawned t",
      "0 t start",
      "1.5 t slept null",
      "1.5 t return 7",
      "1.5 main awaited t = 7",
      "1.5 main return null",
      "end pending=0",
    ]);
  });

  test("ends with a deadlock when nothing can go on", async () => {
    const { trace } = await run(kind, {
      main: [
        { op: "future", as: "f" },
        { op: "await", of: "f" },
      ],
    });
    expect(trace).toEqual(["0 main start", "0 - deadlock", "end pending=1"]);
  });

  test("ends with the turn limit when a program spins", async () => {
    const { trace } = await run(kind, { main: [{ op: "repeat", times: 30_000, body: [{ op: "sleep", for: 0 }] }] });
    expect(trace).toHaveLength(20_002); // a step in each turn: the start, then one sleep after another
    expect(trace.slice(-3)).toEqual(["0 main slept null", "0 - turn limit", "end pending=1"]);
  });

  test("ends with the turn limit, not with the deadlock or the deadline after it", async () => {
    const spin: Statement = { op: "repeat", times: 19_999, body: [{ op: "sleep", for: 0 }] };
    const { trace } = await run(kind, { main: [spin, { op: "sleep", for: 1 }] });
    expect(trace.slice(-3)).toEqual(["0 main slept null", "0 - turn limit", "end pending=1"]);
  });

  test("ends a program in its last turn as any other", async () => {
    const { trace } = await run(kind, { main: [{ op: "repeat", times: 19_998, body: [{ op: "sleep", for: 0 }] }] });
    expect(trace.slice(-2)).toEqual(["0 main return null", "end pending=0"]);
  });

  test("stops at a statement that nothing understands", async () => {
    const unknown = { op: "levitate" } as unknown as Statement;
    const { trace, isUnsupported } = await run(kind, {
      main: [
        { op: "log", text: "before" },
        { op: "try", except: ["BaseException"], body: [unknown], handler: [{ op: "log", text: "after" }] },
      ],
    });
    expect(isUnsupported).toBe(true);
    expect(trace).toEqual(["0 main start", "0 main before"]);
  });
});

describe.each(kinds)("runProgram() says nothing, %s:", (kind) => {
  async function expectSilence(bodies: Record<string, readonly Statement[]>): Promise<void> {
    const spies = [vi.spyOn(console, "error"), vi.spyOn(console, "warn"), vi.spyOn(process, "emitWarning")];
    await run(kind, bodies);
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  }

  test("of tasks that are left over", async () => {
    await expectSilence({ main: [{ op: "spawn", body: "a", as: "t" }], a: [{ op: "sleep", for: 1 }] });
  });

  test("of errors that nobody reads", async () => {
    await expectSilence({
      main: [
        { op: "spawn", body: "a", as: "t" },
        { op: "sleep", for: 1 },
        { op: "raise", type: "E2", message: "of main" },
      ],
      a: [{ op: "raise", type: "E1", message: "of a" }],
    });
  });

  test("of coroutines that never begin", async () => {
    await expectSilence({ main: [{ op: "gather", of: [{ body: "a", as: "t" }], as: "g", wait: false }], a: [] });
  });
});
