import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
afterAll(() => rmSync(folder, { recursive: true }));

const trace = ["0 main start", "0 main hello", "0 main return null", "end pending=0"];
const hello = { name: "hello", bodies: { main: [{ op: "log", text: "hello" }] }, trace };

/** A file of programs, as text or as objects. */
function file(name: string, ...programs: readonly (object | string)[]): string {
  const path = join(folder, name);
  writeFileSync(path, programs.map((each) => (typeof each === "string" ? each : JSON.stringify(each))).join("\n"));
  return path;
}

describe("runCommand()", () => {
  let printed: string[];
  let errors: string[];
  const output = {
    log: (text: string) => void printed.push(text),
    error: (text: string) => void errors.push(text),
  };

  beforeEach(() => {
    printed = [];
    errors = [];
  });

  test("prints a line for each engine and file, and answers 0 when nothing differs", async () => {
    const greetings = file("greetings.jsonl", hello, "", hello);
    const eager = file("eager.jsonl", { ...hello, eager: true });
    expect(await runCommand([greetings, eager], output)).toBe(0);
    expect(printed).toEqual([
      "generator greetings: 2 programs, 0 differ",
      "native greetings: 2 programs, 0 differ",
      "mixed greetings: 2 programs, 0 differ",
      "generator eager: 1 programs, 0 differ",
      "native eager: 0 programs, 0 differ, 1 eager left out",
      "mixed eager: 0 programs, 0 differ, 1 eager left out",
    ]);
    expect(errors).toEqual([]);
  });

  test.each(["generator", "native", "mixed"])("runs the %s engine alone with --engine", async (engine) => {
    expect(await runCommand(["--engine", engine, file("one.jsonl", hello)], output)).toBe(0);
    expect(printed).toEqual([`${engine} one: 1 programs, 0 differ`]);
  });

  test("prints the first difference of the first three differing programs, and answers 1", async () => {
    const tampered = { ...hello, name: "tampered", trace: trace.with(1, "1 main hello") };
    const longer = { ...hello, name: "longer", trace: [...trace, "more"] };
    const path = file("wrong.jsonl", hello, tampered, longer, tampered, tampered);
    expect(await runCommand([path, "--engine=native"], output)).toBe(1);
    const difference = ["  tampered, line 2", "    ours:    0 main hello", "    CPython: 1 main hello"];
    expect(printed.join("\n").split("\n")).toEqual([
      "native wrong: 5 programs, 4 differ",
      ...difference,
      "  longer, line 5",
      "    ours:    (the trace has ended)",
      "    CPython: more",
      ...difference,
    ]);
  });

  test("counts programs with unknown statements apart, and answers 0", async () => {
    const path = file("later.jsonl", hello, { ...hello, bodies: { main: [{ op: "levitate" }] } });
    expect(await runCommand([path, "--engine=mixed"], output)).toBe(0);
    expect(printed).toEqual(["mixed later: 2 programs, 0 differ, 1 unsupported"]);
  });

  test("understands the separator that pnpm hands on", async () => {
    expect(await runCommand(["--", file("one.jsonl", hello), "--engine", "native"], output)).toBe(0);
  });

  test.each([
    ["an engine that there is not", ["--engine", "steam"], /There is no engine "steam"\nusage: /],
    ["an option that there is not", ["--fast"], /--fast.*\nusage: /],
    ["a file that cannot be read", [join(folder, "missing.jsonl")], /Cannot read .*missing\.jsonl: ENOENT/],
    ["a line that is not JSON", [file("broken.jsonl", hello, "{")], /broken\.jsonl:2 is not JSON/],
    ["a line that is not a program", [file("list.jsonl", "[]")], /list\.jsonl:1 is not a program: no body "main"/],
    [
      "a program without a trace",
      [file("fresh.jsonl", { ...hello, trace: undefined })],
      /fresh\.jsonl:1: the program "hello" has no trace .* let oracle\.py run the file on CPython first/,
    ],
  ])("answers 2 to %s, and runs nothing", async (_what, args, message) => {
    expect(await runCommand([file("fine.jsonl", hello), ...args], output)).toBe(2);
    expect(errors.join("\n")).toMatch(message);
    expect(printed).toEqual([]);
  });
});
