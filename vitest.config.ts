import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("packages/", import.meta.url));
const buildPrograms = fileURLToPath(new URL("scripts/build-programs.ts", import.meta.url));

// Tests read the packages' sources, so nothing has to be built first. To set conditions replaces vite's own:
// without "node", `#ambient-storage` would be the browsers' one.
const conditions = ["@asyncio-ts/source", "node", "module"];

// Except for whole programs, run by a plain Node: tests of these packages build them first.
const runningPrograms = ["asyncio-ts", "executors", "platform"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: "forks",
    execArgv: ["--expose-gc"],
    reporters: ["default", "./scripts/summary-reporter.ts"],
    projects: readdirSync(packages).map((name) => ({
      extends: true as const,
      test: {
        name,
        root: packages + name,
        include: ["src/**/*.test.ts", "test/**/*.test.ts"],
        globalSetup: runningPrograms.includes(name) ? [buildPrograms] : [],
      },
    })),
  },
});
