/**
 * The platforms that `pnpm test:platforms` knows, and how a test runs there.
 *
 * Binaries come from the npm registry, into `.platforms`; browsers are those of the machine.
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the binaries; git ignores it. */
export const folder = fileURLToPath(new URL("../../.platforms/", import.meta.url));

const vitest = "node_modules/vitest/vitest.mjs";

/** What the project stands on: their suites pass everywhere. */
const suites = ["contextvars", "core", "tasks", "combinators", "sync", "testing"].flatMap((name) => [
  "--project",
  name,
]);

/** Small programs that have to do what they do in CPython, line by line. */
const conformance = ["--project", "conformance", "check-area"];

/** The tests of hosts, of whole programs and of threads; these need the packages to be built. */
const hosts = [
  "--project",
  "platform",
  "process-host",
  "web-host",
  "run-sync",
  "remote-loop",
  "install",
  "interrupts",
  "run.process",
  "node-watchdog",
];

/** The packages, as built, in programs of CommonJS. */
const commonjs = ["--project", "asyncio-ts", "require"];

/** Pools of threads and processes; what takes long where it fails is tested on Node only. */
const pools = [
  "--project",
  "executors",
  "src/pool-executor.test",
  "chaos",
  "crossing",
  "permissions",
  "process-link",
  "programs",
  "shared-memory",
  "worker-end",
];

/**
 * @typedef {object} Platform
 * @property {string} name
 * @property {{ readonly name: string, readonly version: string, readonly binary: string } | null} download - A package of npm.
 * @property {readonly string[]} flags - Of its binary.
 * @property {string | null} needs - A program that the machine must have.
 * @property {readonly (readonly string[])[]} runs - What vitest is told, for each run.
 */

/** @type {readonly Platform[]} */
export const platforms = [
  ...["20.20.2", "22.23.3", "24.21.0", "26.10.0"].map(node),
  server("Bun", { name: "bun", version: "1.4.5", binary: "bun/bin/bun.exe" }, ["--bun"]),
  server("Deno", { name: "deno", version: "2.9.6", binary: ".bin/deno" }, ["run", "-A", "--v8-flags=--expose-gc"]),
  { ...onThisNode("Web storage on Node"), runs: [["--config", "vitest.web.config.ts"]] },
  browser("Chromium", process.env.CHROMIUM ?? "/usr/bin/chromium"),
  browser("Firefox", process.env.FIREFOX ?? "/usr/bin/firefox-esr"),
];

/** The binary of a platform; `null` if it is not there. @param {Platform} platform */
export function binaryOf({ name, download, needs }) {
  if (needs !== null && !existsSync(needs)) return null;
  if (download === null || isThisNode(download)) return process.execPath;
  const path = `${folder}${name}/node_modules/${download.binary}`;
  return existsSync(path) ? path : null;
}

/** Whether what would be downloaded runs this program already. @param {NonNullable<Platform["download"]>} download */
export function isThisNode({ name, version }) {
  return name.startsWith("node-") && process.versions.node.split(".")[0] === version.split(".")[0];
}

/** What vitest runs, as a program of the platform. @param {readonly string[]} options */
export function vitestWith(options) {
  return [vitest, "run", ...options];
}

/** @param {string} version @returns {Platform} */
function node(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const download = { name, version, binary: `${name}/bin/node` };
  return server(`Node ${version.split(".")[0]}`, download, []);
}

/**
 * @param {string} name
 * @param {NonNullable<Platform["download"]>} download
 * @param {readonly string[]} flags
 * @returns {Platform}
 */
function server(name, download, flags) {
  return { name, download, flags, needs: null, runs: [suites, hosts, pools, conformance, commonjs] };
}

/** @param {string} name @returns {Platform} */
function onThisNode(name) {
  return { name, download: null, flags: [], needs: null, runs: [] };
}

/** @param {string} name @param {string} needs @returns {Platform} */
function browser(name, needs) {
  const run = ["--config", "vitest.browser.config.ts", "--browser", name.toLowerCase()];
  return { ...onThisNode(name), needs, runs: [run] };
}
