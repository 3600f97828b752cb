import { expect, test } from "vitest";
import { bundleForBrowsers } from "./bundle-for-browsers.ts";

/** What has been reached, and a twentieth for changes; in bytes, minified and gzipped. */
const budgets = [
  { name: "tasks, core and contextvars", packages: ["tasks", "core", "contextvars"], budget: 12_765 },
  {
    name: "those, combinators and sync",
    packages: ["tasks", "core", "contextvars", "combinators", "sync"],
    budget: 26_660,
  },
  { name: "all of asyncio-ts", packages: null, budget: 40_500 },
];

test.each(budgets)("$name fit into $budget bytes in a browser", async ({ packages, budget }) => {
  const names = packages?.map((name) => `@asyncio-ts/${name}`) ?? ["asyncio-ts"];
  const { gzipped } = await bundleForBrowsers(names.map((name) => `export * from "${name}";`).join("\n"));
  expect(gzipped).toBeLessThanOrEqual(budget);
});
