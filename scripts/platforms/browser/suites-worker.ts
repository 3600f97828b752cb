import "./set-immediate.ts";
import type { SerializedConfig } from "vitest";
import { startTests } from "vitest/internal/browser";

/** What became of a test in the worker. */
export interface Outcome {
  readonly name: string;
  /** `null` if it has passed. */
  readonly error: string | null;
}

/** Which file to run; the configuration is that of the page. */
export interface Order {
  readonly path: string;
  readonly config: SerializedConfig;
}

type File = Awaited<ReturnType<typeof startTests>>[number];
type Task = File["tasks"][number];

const scope = globalThis as unknown as {
  onmessage: (event: { readonly data: Order }) => Promise<void>;
  postMessage(outcomes: readonly Outcome[]): void;
};

scope.onmessage = async ({ data: { path, config } }) => {
  // What vitest looks for wherever it runs. Nobody hears of a test before all have ended.
  const rpc = new Proxy({}, { get: () => async () => {} });
  Object.assign(globalThis, { __vitest_worker__: { config, rpc, ctx: { pool: "browser" }, onCleanup() {} } });
  const runner = { config, importFile: (file: string) => import(/* @vite-ignore */ file) };
  const files = await startTests([path], runner as unknown as Parameters<typeof startTests>[1]);
  scope.postMessage(files.flatMap(outcomesOf));
};

function outcomesOf(file: File): Outcome[] {
  const failure = file.result?.errors?.[0];
  if (failure !== undefined) return [{ name: "its file", error: failure.message }];
  return file.tasks.flatMap((task) => outcomesIn(task, []));
}

function outcomesIn(task: Task, above: readonly string[]): Outcome[] {
  const names = [...above, task.name];
  if (task.type === "suite") return task.tasks.flatMap((each) => outcomesIn(each, names));
  if (task.mode !== "run") return []; // the pattern has left it out
  const error = task.result?.state === "pass" ? null : (task.result?.errors?.[0]?.message ?? "It has not run");
  return [{ name: names.join(" > "), error }];
}
