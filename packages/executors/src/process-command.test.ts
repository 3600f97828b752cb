import { afterEach, describe, expect, test, vi } from "vitest";
import { processCommand } from "./process-command.ts";

const deno = { deno: "2.9.6" };

/** Permissions as Deno tells them: what is not named is not granted. */
function grant(permissions: Record<string, "granted" | "in part">): void {
  const querySync = ({ name }: { name: string }) => {
    const granted = permissions[name];
    return { state: granted === undefined ? "prompt" : "granted", partial: granted === "in part" };
  };
  vi.stubGlobal("Deno", { permissions: { querySync } });
}

afterEach(() => vi.unstubAllGlobals());

describe("processCommand()", () => {
  test.each([
    [
      ["--no-deprecation", "-e", "text", "--import", "tsx"],
      ["--no-deprecation", "--import", "tsx"],
    ],
    [["--inspect-brk=0", "--input-type=module", "--eval=text"], []],
  ])("gives Node the flags %j but what runs the program itself", (flags, kept) => {
    const { args, input } = processCommand(flags, undefined, { node: "20" });
    expect(args.slice(0, -1)).toEqual([...kept, "-e"]);
    expect(input).toBeNull();
  });

  test("bounds the heap by a flag of V8", () => {
    grant({});
    expect(processCommand([], 77, { node: "20" }).args).toContain("--max-old-space-size=77");
    expect(processCommand([], 77, deno).args).toContain("--v8-flags=--max-old-space-size=77");
  });

  test("refuses to bound the heap on Bun, rather than let it grow", () => {
    expect(() => processCommand([], 77, { bun: "1.4" })).toThrow("Bun cannot limit the heap of a worker");
    expect(() => processCommand([], undefined, { bun: "1.4" })).not.toThrow();
  });

  test("has Deno read the worker from its input", () => {
    grant({});
    const { args, input } = processCommand(["--no-lock"], undefined, deno);
    expect(args).toEqual(["run", "--ext=js", "--no-lock", "-"]);
    expect(input).toContain("asyncio-ts:worker");
  });

  test("gives a process of Deno all permissions, if its parent has all", () => {
    const names = ["read", "write", "net", "env", "run", "sys", "ffi", "import"];
    grant(Object.fromEntries(names.map((name) => [name, "granted"])));
    expect(processCommand([], undefined, deno).args).toEqual(["run", "--ext=js", "-A", "-"]);
  });

  test("gives a process of Deno no permission that its parent has in part only, or not at all", () => {
    grant({ read: "granted", net: "in part" });
    expect(processCommand([], undefined, deno).args).toEqual(["run", "--ext=js", "--allow-read", "-"]);
  });

  test.each(["-A", "--allow-read=/data", "-R", "--deny-net", "-P", "--permission-set=jobs"])(
    "leaves the permissions of a process of Deno to its flags, if %s is among them",
    (flag) => {
      grant({ write: "granted" });
      expect(processCommand(["--no-lock", flag], undefined, deno).args).toEqual([
        "run",
        "--ext=js",
        "--no-lock",
        flag,
        "-",
      ]);
    },
  );
});
