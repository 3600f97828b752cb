import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("./", import.meta.url));

/** Without a sandbox, which root cannot have; the other flags keep Chromium from calling home. */
const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((each) => `--disable-${each}`);

/** The browsers of this machine; playwright would download others. */
const browsers = [
  {
    browser: "chromium" as const,
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--no-first-run", "--js-flags=--expose-gc", ...quiet],
    },
  },
  {
    browser: "firefox" as const,
    launchOptions: { executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", channel: "moz-firefox" },
  },
].filter(({ launchOptions }) => existsSync(launchOptions.executablePath));

const ours = `${root}scripts/platforms/browser`;

/** Tests of what only Node has: AsyncLocalStorage, `util.inspect()`, the environment, warnings of the process. */
const ofNode = [
  "contextvars/src/ambient",
  "core/src/{base-event-loop.context,debug,show-as-string,slow-callback-watch,warn}",
  "core/src/testing/macrotask", // asks for the ports of Node
  "tasks/src/{coroutine,future.promises-aplus,never-awaited,signal,task.context}",
].map((each) => `packages/${each}.test.ts`);

/** Tests of `async` functions beside generators, whose names do not say so. */
const ofNative = ["packages/tasks/src/task.native.test.ts"];

/** What runs in browsers: all that does not ask for Node or for native bodies, and the tests that are for browsers alone. */
export default defineConfig({
  resolve: {
    alias: [
      { find: "node:events", replacement: `${ours}/node-events.ts` },
      { find: /^node:.*/, replacement: `${ours}/node-only.ts` },
    ],
    conditions: ["@asyncio-ts/source"],
  },
  test: {
    reporters: ["default", "./scripts/summary-reporter.ts"],
    setupFiles: [`${ours}/set-immediate.ts`],
    include: [
      "packages/{contextvars,core,tasks,combinators,sync,testing}/src/**/*.test.ts",
      "{packages/*/test,scripts/platforms}/browser/*.browser.ts", // not *.test.ts: they are for no other runtime
    ],
    exclude: ["**/node_modules/**", "**/*.property.test.ts", ...ofNode, ...ofNative],
    testNamePattern: /^(?!.*(native|native with generators inside|generator with natives inside)$)/,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      api: { host: "127.0.0.1" },
      provider: playwright(),
      instances: browsers.map(({ browser, launchOptions }) => ({ browser, provider: playwright({ launchOptions }) })),
    },
  },
});
