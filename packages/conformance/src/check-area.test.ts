import { parse } from "node:path";
import { describe, expect, test } from "vitest";
import { checkArea } from "./check-area.ts";
import { corpusFiles } from "./command.ts";
import { engineNames } from "./engines.ts";
import type { Program } from "./program.ts";
import { readPrograms } from "./read-programs.ts";

const areas = corpusFiles().map((file) => ({ name: parse(file).name, programs: readPrograms(file) }));

describe.each(engineNames)("the %s engine", (engine) => {
  test.each(areas)("does what CPython does in $name", async ({ programs }) => {
    const result = await checkArea(engine, programs);
    expect(result.differences).toEqual([]);
    expect(result.unsupported).toBe(0);
    expect(result.programs + result.leftOut).toBe(programs.length);
  });
});

describe.each(engineNames)("checkArea(), %s", (engine) => {
  const program: Program = {
    name: "p",
    bodies: {
      main: [
        { op: "call", body: "a", as: "c" },
        { op: "log", text: "done" },
      ],
      a: [{ op: "sleep", for: 2 }],
    },
    trace: [
      "0 main start",
      "0 c start",
      "2 c slept null",
      "2 c return null",
      "2 main called c = null",
      "2 main done",
      "2 main return null",
      "end pending=0",
    ],
  };

  async function differences(trace: readonly string[], changes: Partial<Program> = {}) {
    return (await checkArea(engine, [{ ...program, ...changes, trace }])).differences;
  }

  test("finds no difference where there is none", async () => {
    expect(await differences(program.trace)).toEqual([]);
  });

  test.each(program.trace.map((_, index) => index))("finds a change in line %d of a trace", async (index) => {
    const trace = program.trace.with(index, "3 somebody else");
    const ours = program.trace[index];
    expect(await differences(trace)).toEqual([{ program: "p", line: index + 1, ours, theirs: "3 somebody else" }]);
  });

  test("finds a trace that goes on, and one that ends early", async () => {
    const longer = [...program.trace, "more"];
    expect(await differences(longer)).toEqual([{ program: "p", line: 9, ours: undefined, theirs: "more" }]);
    const shorter = program.trace.slice(0, -1);
    expect(await differences(shorter)).toEqual([{ program: "p", line: 8, ours: "end pending=0", theirs: undefined }]);
  });

  test("counts a program with an unknown statement apart, and compares it up to there", async () => {
    const [call] = program.bodies.main ?? [];
    const bodies = { ...program.bodies, main: [call, { op: "levitate" }] } as Program["bodies"];
    const trace = [...program.trace.slice(0, 5), "2 main levitated", "end pending=0"];

    const same = await checkArea(engine, [{ ...program, bodies, trace }]);
    expect(same).toEqual({ programs: 1, differences: [], unsupported: 1, known: 0, leftOut: 0 });
    expect(await differences(trace.with(2, "1 c slept null"), { bodies })).toHaveLength(1);
  });
});

describe("checkArea()", () => {
  const eager: Program = { name: "e", eager: true, bodies: { main: [] }, trace: [] };

  test.each([
    ["generator", 1, 0],
    ["native", 0, 1],
    ["mixed", 0, 1],
  ] as const)("%s runs %d eager programs and leaves out %d", async (engine, programs, leftOut) => {
    expect(await checkArea(engine, [eager])).toMatchObject({ programs, leftOut });
  });

  test("compares a program up to where we leave CPython on purpose, and counts it apart", async () => {
    const forgotten: Program = {
      name: "an eager task that makes its group shut down in its first step",
      eager: true,
      bodies: {
        main: [{ op: "task_group", as: "G", body: [{ op: "spawn_in", group: "G", body: "a", as: "t1" }] }],
        a: [
          { op: "spawn_in", group: "G", body: "b", as: "t2" },
          { op: "sleep", for: 0 },
        ],
        b: [{ op: "raise", type: "E2", message: "x" }],
      },
      trace: [
        "0 main start",
        "0 t1 start",
        "0 t2 start",
        "0 t2 raise E2(x)",
        "0 t1 spawned t2",
        "0 main spawned t1",
        "0 t1 slept null", // CPython 3.13.0; later versions cancel it, and so do we
        "0 t1 return null",
        "0 main raise ExceptionGroup[E2(x)]",
        "end pending=0",
      ],
    };
    expect(await checkArea("generator", [forgotten])).toMatchObject({ differences: [], known: 1 });
    const wrong = { ...forgotten, trace: forgotten.trace.with(4, "0 t1 spawned somebody") };
    expect((await checkArea("generator", [wrong])).differences).toHaveLength(1);
  });
});
