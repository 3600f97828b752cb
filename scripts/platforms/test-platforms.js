/**
 * Runs the suites on every platform that this machine has, and says what it has left out.
 *
 * `pnpm test:platforms [NAME …] [--write]`: names as `Bun` or `Chromium`; `--write` brings the table in `docs/platforms.md`
 * up to date.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { differences } from "./differences.js";
import { binaryOf, folder, isThisNode, platforms, vitestWith } from "./platforms.js";
import { writeTable } from "./write-table.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

const manifestFile = `${root}package.json`;

/** A run that takes longer hangs. */
const timeout = 10 * 60_000;

/** @typedef {import("./platforms.js").Platform} Platform */
/** @typedef {{ platform: string, file: string, name: string, status: string }} Result */

const names = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
/** @type {string[]} */
const complaints = names
  .filter((name) => platforms.every((each) => each.name !== name))
  .map((name) => `${name}: what is that?`);

for (const platform of platforms.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const failure = install(platform);
  const binary = binaryOf(platform);
  if (binary === null) skip(platform, failure);
  else testOn(platform, binary);
}
if (process.argv.includes("--write")) writeTable(platforms.flatMap(({ name }) => read(resultsOf(name)) ?? []));
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;

/** What is asked for by its name has to be there. @param {Platform} platform @param {string} failure */
function skip({ name, needs }, failure) {
  const reason = needs === null ? `it cannot be downloaded: ${failure}` : `this machine has no ${needs}`;
  console.log(`${name}: skipped, for ${reason}`);
  if (names.length > 0) complaints.push(`${name}: did not run`);
}

/** @param {Platform} platform @param {string} binary */
function testOn(platform, binary) {
  const manifest = readFileSync(manifestFile);
  const found = platform.runs.flatMap((options) => runTests(platform, binary, options));
  // `deno eval` of what imports a package writes the settings of pnpm into it, unasked.
  if (!manifest.equals(readFileSync(manifestFile))) writeFileSync(manifestFile, manifest);
  writeFileSync(resultsOf(platform.name), JSON.stringify(found));
  report(platform, found);
}

/** Where the latest results of a platform are kept, for the table. @param {string} name */
function resultsOf(name) {
  return `${folder}${name}.json`;
}

/** Download what is not there; why that failed, if it did. @param {Platform} platform */
function install(platform) {
  const { name, download } = platform;
  if (download === null || isThisNode(download) || binaryOf(platform) !== null) return "";
  const prefix = `${folder}${name}`;
  mkdirSync(prefix, { recursive: true });
  // Bun and Deno fetch their binaries as dependencies, and put them in their place by a script.
  const options = ["--prefix", prefix, "--no-audit", "--no-fund", "--foreground-scripts", "--loglevel=error"];
  const npm = ["install", ...options, `${download.name}@${download.version}`];
  return spawnSync("npm", npm, { encoding: "utf8", timeout }).stderr.slice(-500);
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
  const { status, stderr } = spawnSync(binary, [...flags, ...vitestWith([...options, ...reporters])], {
    cwd: root,
    encoding: "utf8",
    env,
    maxBuffer: 2 ** 28,
    timeout,
  });
  /** @type {{ testResults: TestFile[] } | null} */
  const output = read(outputFile);
  const files = output?.testResults ?? [];
  for (const { name: path, message } of files.filter(isBroken)) complaints.push(`${name}: ${path}: ${message}`);
  const found = files.flatMap((file) => resultsIn(name, file));
  // Errors that no test has caught fail the run as well.
  const isFailure = found.some((each) => each.status === "failed") || files.some(isBroken);
  if (output === null || found.length === 0 || (status !== 0 && !isFailure)) {
    complaints.push(
      `${name}: vitest ${options.join(" ")}: ${found.length} tests, status ${status}\n${stderr.slice(-2_000)}`,
    );
  }
  return found;
}

/**
 * @typedef {{ name: string, status: string, message?: string, assertionResults: { ancestorTitles: string[], title: string, status: string }[] }} TestFile
 */

/** Whether it did not load. @param {TestFile} file */
function isBroken({ assertionResults, status }) {
  return assertionResults.length === 0 && status === "failed";
}

/** @param {string} platform @param {TestFile} file @returns {Result[]} */
function resultsIn(platform, { name, assertionResults }) {
  return assertionResults.map(({ ancestorTitles, title, status }) => ({
    platform,
    file: name.slice(root.length),
    name: [...ancestorTitles, title].filter(Boolean).join(" > "),
    status,
  }));
}

/** @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** @param {Platform} platform @param {readonly Result[]} found */
function report({ name }, found) {
  const known = differences.filter(({ on }) => on.includes(name));
  const tests = found.map(({ file, name: test, status }) => ({ test: `${file} > ${test}`, status }));
  const passed = tests.filter(({ status }) => status === "passed");
  const failed = tests.filter(({ status }) => status === "failed");
  const failures = failed.filter((each) => !known.some(({ test }) => test.test(each.test)));
  console.log(
    `${name}: ${passed.length} passed, ${failed.length - failures.length} differ as they are known to, ${failures.length} failed`,
  );
  for (const { test } of failures) complaints.push(`${name}: failed: ${test}`);
  for (const { test } of known.filter(({ sometimes }) => !sometimes)) {
    for (const each of passed.filter((each) => test.test(each.test)))
      complaints.push(`${name}: is no difference any more: ${each.test}`);
    if (!failed.some((each) => test.test(each.test))) complaints.push(`${name}: nothing fails of ${test}`);
  }
}
