import { describe, expect, test } from "vitest";
import { describeName, expectedSurface, type PublicPackage, publicNames } from "./surface.ts";
import { readWorkspace } from "./workspace.ts";

/** Names that two packages have: the meta-package passes on that of the package named here. */
const winners: ReadonlyMap<string, string> = new Map([
  ["getRunningLoop", "@asyncio-ts/platform"], // typed as the loop that users hold
]);

/** Not in the meta-package: `@asyncio-ts/core/testing` (a subpath) and these. */
const apart: ReadonlySet<string> = new Set(["asyncio-ts", "@asyncio-ts/testing"]);

describe("the meta-package", () => {
  const packages: PublicPackage[] = readWorkspace()
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ manifest, files }) => {
      const index = files.find(({ path }) => path === "src/index.ts");
      return { name: manifest.name, names: publicNames(`${manifest.name} src/index.ts`, index?.text ?? "") };
    });
  const meta = packages.find(({ name }) => name === "asyncio-ts");
  const owners = packages.filter(({ name }) => !apart.has(name));

  test("re-exports each public name of each package exactly once", () => {
    expect(meta?.names.map(describeName).sort()).toEqual(expectedSurface(owners, winners));
  });
});

describe("expectedSurface()", () => {
  const core: PublicPackage = {
    name: "core",
    names: publicNames("core.ts", 'export { type Host, Handle, getRunningLoop } from "./all.ts";'),
  };
  const platform: PublicPackage = {
    name: "platform",
    names: publicNames(
      "platform.ts",
      'export { getRunningLoop, Handle } from "./all.ts"; export type { A } from "./a.ts";',
    ),
  };

  test("names owners and winners, and shows a name that two packages claim twice", () => {
    expect(expectedSurface([core, platform], new Map([["getRunningLoop", "platform"]]))).toEqual([
      "Handle from core",
      "Handle from platform",
      "getRunningLoop from platform",
      "type A from platform",
      "type Host from core",
    ]);
  });
});

describe("publicNames()", () => {
  test.each(['export * from "./a.ts";', "export const a = 1;", 'import "./a.ts";', "console.log();", "export {"])(
    "refuses %s",
    (text) => {
      expect(() => publicNames("index.ts", text)).toThrow(SyntaxError);
    },
  );
});
