import { describe, expect, test } from "vitest";
import { type Manifest, violations } from "./layers.ts";
import { readWorkspace } from "./workspace.ts";

describe("layers", () => {
  const workspace = readWorkspace();

  test("there are packages to check", () => {
    expect(workspace.map(({ manifest }) => manifest.name)).toContain("@asyncio-ts/core");
    for (const { files } of workspace) expect(files).not.toEqual([]);
  });

  test.each(workspace)("$manifest.name imports only what is below it", ({ manifest, files }) => {
    expect(violations(manifest, files)).toEqual([]);
  });
});

describe("violations()", () => {
  const core: Manifest = {
    name: "@asyncio-ts/core",
    imports: { "#host": "./src/host.ts" },
    dependencies: { "@asyncio-ts/contextvars": "workspace:^" },
    devDependencies: { "fast-check": "catalog:" },
  };
  const combinators: Manifest = {
    name: "@asyncio-ts/combinators",
    dependencies: { "@asyncio-ts/tasks": "workspace:^" },
  };

  function inFile(path: string, text: string, manifest: Manifest = core): string[] {
    return violations(manifest, [{ path, text }]);
  }

  test("accepts what is below and declared, itself, and its own imports", () => {
    const text = `
      import { ContextVar } from "@asyncio-ts/contextvars";
      import { host } from "#host";
      import { Handle } from "../handle.ts";
      export * from "./virtual-host.ts";
      // import { Task } from "@asyncio-ts/tasks"
      const text = 'import { Task } from "@asyncio-ts/tasks"';
    `;
    expect(inFile("src/testing/index.ts", text)).toEqual([]);
  });

  test.each([
    ["a static import", 'import { Task } from "@asyncio-ts/tasks";'],
    ["an import for its effects", 'import "@asyncio-ts/tasks";'],
    ["an import of types", 'import type { Task } from "@asyncio-ts/tasks";'],
    ["an inline type", 'export type Work = import("@asyncio-ts/tasks").Task<number>;'],
    ["a dynamic import", 'const late = () => import("@asyncio-ts/tasks");'],
    ["a re-export", 'export { Task } from "@asyncio-ts/tasks";'],
    ["a star re-export", 'export * from "@asyncio-ts/tasks";'],
    ["a subpath", 'import { task } from "@asyncio-ts/tasks/testing";'],
    ["an import assignment", 'import tasks = require("@asyncio-ts/tasks");'],
    ["a require", 'const tasks = require("@asyncio-ts/tasks");'],
  ])("refuses an upward import: %s", (_name, text) => {
    expect(inFile("src/loop.ts", text)).toEqual(["@asyncio-ts/core src/loop.ts: @asyncio-ts/tasks is not below"]);
  });

  test("refuses an upward import in tests and benches too", () => {
    const text = 'import { run } from "@asyncio-ts/platform";';
    expect(inFile("src/loop.test.ts", text)).toEqual([
      "@asyncio-ts/core src/loop.test.ts: @asyncio-ts/platform is not below",
    ]);
    expect(inFile("bench/loop.bench.ts", text)).toHaveLength(1);
  });

  test("refuses a sideways import, also of a package that does not exist yet", () => {
    expect(inFile("src/as-completed.ts", 'import { Queue } from "@asyncio-ts/sync";', combinators)).toEqual([
      "@asyncio-ts/combinators src/as-completed.ts: @asyncio-ts/sync is not below",
    ]);
  });

  test("refuses an undeclared import, although it points down", () => {
    expect(inFile("src/gather.ts", 'import { Handle } from "@asyncio-ts/core";', combinators)).toEqual([
      "@asyncio-ts/combinators src/gather.ts: @asyncio-ts/core is undeclared",
    ]);
    expect(inFile("src/loop.ts", 'import { host } from "#other";')).toEqual([
      "@asyncio-ts/core src/loop.ts: #other is undeclared",
    ]);
  });

  test("refuses a development dependency in what is shipped, not in a test", () => {
    const text = 'import fc from "fast-check";';
    expect(inFile("src/loop.ts", text)).toEqual(["@asyncio-ts/core src/loop.ts: fast-check is undeclared"]);
    expect(inFile("src/loop.test.ts", text)).toEqual([]);
  });

  test("refuses a relative import that leaves its package", () => {
    const text = 'import { Context } from "../../../contextvars/src/context.ts";';
    expect(inFile("src/testing/ordered.ts", text)).toEqual([
      "@asyncio-ts/core src/testing/ordered.ts: ../../../contextvars/src/context.ts leaves the package",
    ]);
  });

  test.each(["node:fs", "fs", "node:worker_threads"])("refuses %s outside a Node file", (module) => {
    const text = `import * as module from "${module}";`;
    expect(inFile("src/loop.ts", text)).toEqual([`@asyncio-ts/core src/loop.ts: ${module} outside a Node file`]);
    expect(inFile("src/node-host.ts", text)).toEqual([]);
    expect(inFile("src/storage.node.ts", text)).toEqual([]);
    expect(inFile("src/loop.test.ts", text)).toEqual([]);
  });

  test("refuses Node's modules through process.getBuiltinModule()", () => {
    expect(inFile("src/loop.ts", 'const fs = process.getBuiltinModule("node:fs");')).toHaveLength(1);
  });

  test("refuses a Node file imported by its path in a package that browsers load", () => {
    expect(inFile("src/loop.ts", 'import { host } from "./node-host.ts";')).toEqual([
      "@asyncio-ts/core src/loop.ts: ./node-host.ts is for Node only; choose it by an export condition",
    ]);
    const platform: Manifest = { name: "@asyncio-ts/platform" };
    expect(inFile("src/loop.ts", 'import { host } from "./node-host.ts";', platform)).toEqual([]);
  });

  test("refuses module augmentation, and a package that imports itself by name", () => {
    expect(inFile("src/loop.ts", 'declare module "@asyncio-ts/contextvars" {}')).toEqual([
      "@asyncio-ts/core src/loop.ts: augments @asyncio-ts/contextvars",
    ]);
    expect(inFile("src/loop.ts", 'import { Handle } from "@asyncio-ts/core";')).toHaveLength(1);
  });

  test("refuses a package.json that points up, sideways or outside, or has no level", () => {
    expect(violations({ name: "@asyncio-ts/core", dependencies: { "@asyncio-ts/tasks": "*" } }, [])).toEqual([
      "@asyncio-ts/core package.json: @asyncio-ts/tasks is not below",
    ]);
    expect(violations({ name: "@asyncio-ts/sync", devDependencies: { "@asyncio-ts/streams": "*" } }, [])).toEqual([
      "@asyncio-ts/sync package.json: @asyncio-ts/streams is not below",
    ]);
    expect(violations({ name: "@asyncio-ts/core", peerDependencies: { lodash: "*" } }, [])).toEqual([
      "@asyncio-ts/core package.json: lodash is a third-party dependency at run time",
    ]);
    expect(violations({ name: "@asyncio-ts/helpers" }, [])).toEqual(["@asyncio-ts/helpers has no level"]);
  });

  test("says which file cannot be read", () => {
    expect(() => inFile("src/loop.ts", "import from")).toThrow("Cannot read src/loop.ts");
  });
});
