import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type BrowserType, chromium, firefox, type LaunchOptions, type Page } from "playwright";
import type { HostAnswer } from "./answer.ts";

export type BrowserName = "chromium" | "firefox";

/** Without a sandbox, which root cannot have; the other flags keep Chromium from calling home. */
const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((each) => `--disable-${each}`);

/** How a browser of this machine is started; playwright would download others. */
const browsers: Readonly<Record<BrowserName, { readonly type: BrowserType; readonly options: LaunchOptions }>> = {
  chromium: {
    type: chromium,
    options: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--no-first-run", ...quiet],
    },
  },
  firefox: {
    type: firefox,
    options: { executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr", channel: "moz-firefox" },
  },
};

/** Where the browser is; `null` if this machine has it not. */
export function findBrowser(name: BrowserName): string | null {
  const { executablePath = "" } = browsers[name].options;
  return existsSync(executablePath) ? executablePath : null;
}

/** Have `use` a page that has loaded `page-program.ts`, as `bundle`. */
export async function withPage<T>(name: BrowserName, use: (page: Page) => Promise<T>): Promise<HostAnswer<T>> {
  const { type, options } = browsers[name];
  const code = await bundle();
  const browser = await type.launch(options);
  try {
    const page = await browser.newPage();
    // Isolated from other origins, a page may share memory, and its clock shows microseconds.
    const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
    const body = `<!doctype html><title>hosts</title><script>${code}</script>`;
    await page.route("**", (route) => route.fulfill({ headers, contentType: "text/html", body }));
    await page.goto("http://localhost/");
    return { version: browser.version(), sample: await use(page) };
  } finally {
    await browser.close();
  }
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("./page-program.js", import.meta.url))],
    bundle: true,
    write: false,
    platform: "browser",
    format: "iife",
    globalName: "bundle",
    logLevel: "error", // a page has no import.meta, as debug mode finds for itself
  });
  return outputFiles.map(({ text }) => text).join("");
}
