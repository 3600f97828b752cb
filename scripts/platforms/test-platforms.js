/**
 * Runs the suites on every platform that this machine has, and says what it has left out.
 *
 * `pnpm test:platforms [NAME …] [--write]`: names as `Bun` or `Chromium`; `--write` brings the table in `docs/platforms.md`
 * up to date.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { differences } from "./differences.js";
import { binaryOf, folder, isThisNode, platforms, vitestWith } from "./platforms.js";
import { writeTable } from "./write-table.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @typedef {import("./platforms.js").Platform} Platform */
/** @typedef {{ platform: string, file: string, name: string, status: string }} Result */

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const wanted = platforms.filter(({ name }) => names.length === 0 || names.includes(name));
/** @type {Result[]} */
const results = [];
/** @type {string[]} */
const complaints = [];

for (const platform of wanted) {
  install(platform);
  const binary = binaryOf(platform);
  if (binary === null) {
    console.log(`${platform.name}: skipped, for this machine has none`);
    continue;
  }
  const found = platform.runs.flatMap((options) => runTests(platform, binary, options));
  results.push(...found);
  report(platform, found);
}
if (process.argv.includes("--write")) writeTable(results);
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** Download what is not there. @param {Platform} platform */
function install(platform) {
  const { name, download } = platform;
  if (download === null || isThisNode(download) || binaryOf(platform) !== null) return;
  const prefix = `${folder}${name}`;
  mkdirSync(prefix, { recursive: true });
  // Bun and Deno fetch their binaries as dependencies, and put them in their place by a script.
  const options = ["--prefix", prefix, "--no-audit", "--no-fund", "--foreground-scripts", "--loglevel=error"];
  spawnSync("npm", ["install", ...options, `${download.name}@${download.version}`], { stdio: "ignore" });
}

/**
 * @param {Platform} platform
 * @param {string} binary
 * @param {readonly string[]} options
 * @returns {Result[]}
 */
function runTests({ name, flags }, binary, options) {
  const outputFile = `${folder}results.json`;
  mkdirSync(folder, { recursive: true });
  rmSync(outputFile, { force: true });
  const reporters = ["--reporter=json", `--outputFile=${outputFile}`];
  const env = { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}` };
  const { stderr } = spawnSync(binary, [...flags, ...vitestWith([...options, ...reporters])], {
    cwd: root,
    encoding: "utf8",
    env,
    maxBuffer: 2 ** 28,
  });
  const output = read(outputFile);
  if (output === null) {
    complaints.push(`${name}: vitest gave no results\n${stderr.slice(-2_000)}`);
    return [];
  }
  return output.testResults.flatMap((file) => {
    const path = file.name.slice(root.length);
    const noTests = file.assertionResults.length === 0 && file.status === "failed";
    if (noTests) complaints.push(`${name}: ${path} did not load: ${file.message}`);
    return file.assertionResults.map((test) => ({
      platform: name,
      file: path,
      name: [...test.ancestorTitles, test.title].filter(Boolean).join(" > "),
      status: test.status,
    }));
  });
}

/**
 * @typedef {{ name: string, status: string, message?: string, assertionResults: { ancestorTitles: string[], title: string, status: string }[] }} TestFile
 * @param {string} path
 * @returns {{ testResults: TestFile[] } | null}
 */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** @param {Platform} platform @param {readonly Result[]} found */
function report({ name }, found) {
  const passed = found.filter(({ status }) => status === "passed");
  const failed = found.filter(({ status }) => status === "failed");
  const known = differences.filter(({ on }) => on.includes(name));
  const explained = failed.filter((each) => known.some(({ test }) => test.test(`${each.file} > ${each.name}`)));
  console.log(
    `${name}: ${passed.length} passed, ${explained.length} differ as they are known to, ${failed.length - explained.length} failed`,
  );
  for (const each of failed) {
    if (!explained.includes(each)) complaints.push(`${name}: failed: ${each.file} > ${each.name}`);
  }
  for (const { test, sometimes } of known) {
    const isStale = !sometimes && !failed.some((each) => test.test(`${each.file} > ${each.name}`));
    if (isStale && found.length > 0) complaints.push(`${name}: is no difference any more: ${test}`);
  }
}
