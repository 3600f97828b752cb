import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("packages/", import.meta.url));

// As in vitest.config.ts; vite adds "node" itself, so the storage of browsers is named below.
const conditions = ["@asyncio-ts/source", "node", "module"];

/** The suites on Node, with what browsers have in the place of AsyncLocalStorage: the generator engine. */
export default defineConfig({
  resolve: { alias: { "#ambient-storage": `${packages}contextvars/src/ambient-storage.web.ts` }, conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks",
    execArgv: ["--expose-gc"],
    reporters: ["default", "./scripts/summary-reporter.ts"],
    testNamePattern: / generator$/, // of each behaviour that is tested in both engines
    projects: ["tasks", "combinators", "sync"].map((name) => ({
      extends: true as const,
      test: { name, root: packages + name, include: ["src/**/*.test.ts"] },
    })),
  },
});
