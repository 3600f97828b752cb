/** Makes the table and the list of `docs/platforms.md` of what the tests have shown. */

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { differences } from "./differences.js";
import { isThisNode, platforms } from "./platforms.js";

const page = fileURLToPath(new URL("../../docs/platforms.md", import.meta.url));

/** Features, and the tests that show them: those whose file and name match. */
const features = [
  { feature: "generator bodies: tasks, cancellation", test: /^packages\/tasks\/.* > generator$/ },
  { feature: "generator bodies: groups, timeouts, `gather`", test: /^packages\/combinators\/.* > generator$/ },
  { feature: "generator bodies: locks, queues, channels", test: /^packages\/sync\/.* > generator$/ },
  {
    feature: "`runTest`, `explore`: virtual time, schedules",
    test: /^packages\/testing\/src\/(run-test|explore|advance)/,
  },
  { feature: "the same in a worker: `core`, `tasks`", test: /suites\.browser\.ts > in a worker: / },
  { feature: "generator bodies: CPython's traces, line by line", test: /conformance\/.*(generator engine)/ },
  { feature: "`async` functions: CPython's traces, line by line", test: /conformance\/.*(native|mixed) engine/ },
  {
    feature: "`async` functions: cancelled at any `await` of ours",
    test: /tasks\/src\/task\.cancel\.test.* > native$/,
  },
  {
    feature: "`async` functions: context variables, current task",
    test: /tasks\/src\/task\.context\.test.* > native$/,
  },
  {
    feature: "steps of `async` functions in CPython's order",
    test: /process-host\.test\.ts > host\.(after|drain)|program native/,
  },
  { feature: "timers: never early, of any length", test: /process-host\.test\.ts > host\.wakeAt|program timers/ },
  { feature: "I/O and events while tasks spin", test: /process-host\.test\.ts > host\.afterIo|program fairness/ },
  { feature: "`DeadlockError`", test: /process-host\.test\.ts > a process > (tells|is not held)/ },
  {
    feature: "`DeadlockError` of an `await run()` at the top level",
    test: /run\.process\.test\.ts > run\(\) awaited at the top level/,
  },
  { feature: "errors that nobody has read, when dropped", test: /tasks\/src\/unretrieved\.test/ },
  {
    feature: "where `async` functions wait, in debug mode",
    test: /task\.test\.ts > waitingOn\(\) and waitingAt\(\) > waitingAt\(\) tells the line where a native/,
  },
  { feature: "SIGINT and SIGTERM", test: /interrupts\.test\.ts > (SIGINT|SIGTERM|gracePeriod)/ },
  { feature: "`install()`", test: /install\.test\.ts/ },
  { feature: "other threads: `attachLoop`, `runSync`", test: /remote-loop\.worker\.test|run-sync\.test/ },
  {
    feature: "pools of threads and processes: jobs, errors, cancellation",
    test: /executors\/src\/(pool-executor|crossing|shared-memory)\.test/,
  },
  {
    feature: "pools: workers that die, programs that end",
    test: /executors\/src\/(process-link|worker-end|programs|pool-executor\.chaos)\.test/,
  },
  { feature: "`Watchdog`", test: /node-watchdog\.test/ },
  { feature: "`require()`", test: /require\.test/ },
];

/** @param {readonly { platform: string, file: string, name: string, status: string }[]} results */
export function writeTable(results) {
  const names = platforms.map(({ name }) => name).filter((name) => results.some(({ platform }) => platform === name));
  const rows = features.map(({ feature, test }) => [feature, ...names.map((name) => cell(results, name, test))]);
  const head = [
    ["", ...names],
    ["---", ...names.map(() => ":-:")],
    ["version", ...names.map(versionOf)],
  ];
  const table = [...head, ...rows].map((row) => `| ${row.join(" | ")} |`);
  const list = differences.map(({ on, reason }) => `- ${on.join(", ")}: ${reason}.`);
  const text = readFileSync(page, "utf8");
  writeFileSync(page, replacePart(replacePart(text, "table", table), "differences", list));
}

/** Browsers are those of the machine. @param {string} platform */
function versionOf(platform) {
  const { download } = platforms.find(({ name }) => name === platform) ?? {};
  if (!download) return "–";
  return isThisNode(download) ? process.versions.node : download.version;
}

/** @param {string} text @param {string} part @param {readonly string[]} lines */
function replacePart(text, part, lines) {
  const [begin, end] = [`<!-- ${part}: pnpm test:platforms --write -->\n`, `<!-- end of the ${part} -->`];
  const [head] = text.split(begin);
  const [, tail] = text.split(end);
  return `${head}${begin}\n${lines.join("\n")}\n\n${end}${tail}`;
}

/**
 * @param {readonly { platform: string, file: string, name: string, status: string }[]} results
 * @param {string} name
 * @param {RegExp} test
 */
function cell(results, name, test) {
  const found = results.filter((each) => each.platform === name && test.test(`${each.file} > ${each.name}`));
  const passed = found.filter(({ status }) => status === "passed").length;
  const failed = found.filter(({ status }) => status === "failed").length;
  if (passed + failed === 0) return "–";
  if (failed === 0) return "yes";
  return passed === 0 ? "no" : `${passed} of ${passed + failed}`;
}
