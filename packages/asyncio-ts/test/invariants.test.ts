import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, test } from "vitest";
import { read, sources } from "./documentation.ts";

/** What `docs/architecture.md` says is nowhere in the sources, and no other check looks for. */
describe("the sources", () => {
  const shipped = sources.filter((path) => !path.includes("/testing/"));
  // Executors are about workers, which live in real time and where there is no loop.
  const onLoops = shipped.filter((path) => !path.startsWith("packages/executors/"));

  test("of all layers below the platform contain no async function: what suspends is a generator coroutine", () => {
    const below = onLoops.filter((path) => !path.startsWith("packages/platform/"));
    expect(below.filter((path) => hasAsyncFunction(read(path)))).toEqual([]);
  });

  test("read clocks and set timers in hosts only, and in the sweep of dropped things", () => {
    const hosts = /^packages\/platform\/src\/(node-.*|.*-host|alarm)\.ts$/;
    const hostless = onLoops.filter((path) => !hosts.test(path));
    const timed = hostless.filter((path) => namesIn(read(path)).some((name) => clocksAndTimers.has(name)));
    // the first one throws in a microtask what a listener has thrown, as an event target does
    expect(timed).toEqual(["packages/tasks/src/abort-listeners.ts", "packages/tasks/src/drop-watch.ts"]);
  });

  test("have one AsyncLocalStorage", () => {
    const carriers = sources.filter((path) => namesIn(read(path)).includes("AsyncLocalStorage"));
    expect(carriers).toEqual(["packages/contextvars/src/ambient-storage.node.ts"]);
  });
});

const clocksAndTimers: ReadonlySet<string> = new Set([
  "Date",
  "nextTick",
  "performance",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

function hasAsyncFunction(text: string): boolean {
  let found = false;
  const look = ({ async }: { readonly async: boolean }): void => {
    found ||= async;
  };
  new Visitor({
    ArrowFunctionExpression: look,
    FunctionDeclaration: look,
    FunctionExpression: look,
  }).visit(parseSync("source.ts", text).program);
  return found;
}

function namesIn(text: string): string[] {
  const names: string[] = [];
  new Visitor({ Identifier: ({ name }) => void names.push(name) }).visit(parseSync("source.ts", text).program);
  return names;
}
