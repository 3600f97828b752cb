// Packs each public package as it would be published, and looks at the tarball: publint, attw, its types, and our own promises.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { publicPackages } from "./public-packages.js";

const scratch = mkdtempSync(join(tmpdir(), "pack-check-"));
let problemCount = 0;
for (const { name, directory } of publicPackages()) {
  const tarball = pack(directory, name);
  const problems = [
    ...ownProblems(tarball),
    ...(await publintProblems(tarball)),
    ...attwProblems(tarball),
    ...typeProblems(directory),
  ];
  console.log(problems.length === 0 ? `${name}: ready to publish` : `${name}:\n  ${problems.join("\n  ")}`);
  problemCount += problems.length;
}
rmSync(scratch, { recursive: true });
process.exit(problemCount === 0 ? 0 : 1);

/**
 * @param {string} directory
 * @param {string} name
 * @returns {string} the path of the tarball
 */
function pack(directory, name) {
  const destination = join(scratch, name.replace("/", "+"));
  run("pnpm", ["pack", "--pack-destination", destination], directory);
  return join(destination, readdirSync(destination)[0] ?? "");
}

/**
 * Nothing of the workspace may leave it: its source condition, its version ranges, its tests, what is left of old builds.
 *
 * @param {string} tarball
 * @returns {string[]}
 */
function ownProblems(tarball) {
  const paths = run("tar", ["-tzf", tarball]).split("\n").filter(Boolean);
  const manifest = run("tar", ["-xzOf", tarball, "package/package.json"]);
  return [
    ...["@asyncio-ts/source", "workspace:", "catalog:"].filter((word) => manifest.includes(word)),
    ...["package/LICENSE", "package/README.md"].filter((path) => !paths.includes(path)).map((path) => `lacks ${path}`),
    ...paths.filter((path) => /\.test(-d)?\.|\.tsbuildinfo$|\.bench\./.test(path)),
    ...paths.filter((path) => isLeftover(path, paths)).map((path) => `${path} has no source; remove dist and build`),
  ];
}

/**
 * @param {string} path
 * @param {string[]} paths
 */
function isLeftover(path, paths) {
  return path.endsWith(".js") && !paths.includes(path.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
}

/**
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
async function publintProblems(tarball) {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const archive = /** @type {ArrayBuffer} */ (buffer).slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: archive }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/**
 * @param {string} tarball
 * @returns {string[]}
 */
function attwProblems(tarball) {
  const { status, stdout, stderr } = spawn("attw", ["--profile", "esm-only", "--no-emoji", "--no-color", tarball]);
  return status === 0 ? [] : [`attw: ${stdout}${stderr}`];
}

/**
 * The declarations have to hold also for programs whose compiler looks into libraries.
 *
 * @param {string} directory
 * @returns {string[]}
 */
function typeProblems(directory) {
  const target = [
    "--module",
    "nodenext",
    "--target",
    "es2022",
    "--lib",
    "es2023,esnext.disposable,dom",
    "--types",
    "node",
  ];
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--skipLibCheck", "false", ...target];
  const { status, stdout } = spawn("tsc", [...options, "dist/index.d.ts"], directory);
  return status === 0 ? [] : stdout.trim().split("\n");
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 * @returns {string} what it printed
 */
function run(command, args, cwd) {
  const { status, stdout, stderr } = spawn(command, args, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
  return stdout;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
function spawn(command, args, cwd) {
  const options = { cwd, encoding: /** @type {const} */ ("utf8"), shell: process.platform === "win32" };
  const result = spawnSync(command, args, options);
  if (result.error) throw result.error;
  return result;
}
