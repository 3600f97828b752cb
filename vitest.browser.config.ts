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
      args: ["--no-sandbox", "--no-first-run", ...quiet],
    },
  },
  {
    browser: "firefox" as const,
    launchOptions: { executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", channel: "moz-firefox" },
  },
].filter(({ launchOptions }) => existsSync(launchOptions.executablePath));

/**
 * What runs in browsers: each behaviour that is tested in both engines, in the generator engine, and the tests that are for
 * browsers alone.
 */
export default defineConfig({
  resolve: {
    alias: { "node:events": `${root}scripts/platforms/browser/node-events.ts` },
    conditions: ["@asyncio-ts/source"],
  },
  test: {
    reporters: ["default", "./scripts/summary-reporter.ts"],
    include: [
      "packages/{tasks,combinators,sync}/src/*.test.ts",
      "packages/platform/test/browser/*.browser.ts", // not *.test.ts: they are for no other runtime
    ],
    exclude: [
      "**/node_modules/**",
      "**/*.property.test.ts",
      "packages/tasks/src/{coroutine,future,future.promises-aplus,signal,task,task.context}.test.ts", // ask for other modules of Node
      "packages/combinators/src/exception-group.test.ts",
    ],
    testNamePattern: / (generator|in a browser)$/,
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
