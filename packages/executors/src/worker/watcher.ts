import { Worker } from "node:worker_threads";
import { stopLine } from "../protocol.ts";

/** What a watcher is given. */
interface WatcherData {
  readonly stops: Int32Array;
  readonly line: number;
  readonly grace: number;
}

/** So long the process may take to end by itself once its pool is gone, in milliseconds. */
const grace = 1_000;

/**
 * Watch the line on which a pool says what cannot wait, in a thread that no job holds up.
 *
 * `stops` gets the id of each job that has to stop, at its slot. The end of the line is the end of the pool, however that
 * came about: then the process and all that it has started end as well.
 */
export function startWatcher(stops: Int32Array): void {
  try {
    const watcher = new Worker(`(${watch})(name=>process.getBuiltinModule(name),${endGroup})`, {
      eval: true,
      workerData: { stops, line: stopLine, grace } satisfies WatcherData,
      execArgv: [], // neither the loaders of the program, nor its preloaded modules
      resourceLimits: { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 },
    });
    watcher.on("error", () => {}); // a runtime that has no such line: requests to stop arrive as messages alone
    watcher.unref();
  } catch {
    // A process that may start no threads.
  }
}

/** End this process and all that it has started. Sees nothing from outside itself. */
export function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.kill(process.pid, "SIGKILL"); // it is not the first of a group
  }
}

/** Runs in the thread, as text: it sees nothing from outside itself. */
async function watch(getModule: (name: string) => unknown, end: () => void): Promise<void> {
  const { Socket } = getModule("node:net") as typeof import("node:net");
  const { workerData } = getModule("node:worker_threads") as typeof import("node:worker_threads");
  const { Bun } = globalThis as unknown as { Bun?: { file(fd: number): { stream(): AsyncIterable<Uint8Array> } } };
  const { stops, line, grace } = workerData as WatcherData;
  let rest = Buffer.alloc(0);
  try {
    // Bun makes no sockets of descriptors.
    for await (const bytes of Bun?.file(line).stream() ?? new Socket({ fd: line, readable: true, writable: false })) {
      rest = Buffer.concat([rest, bytes]);
      for (; rest.length >= 8; rest = rest.subarray(8)) Atomics.store(stops, rest.readInt32LE(0), rest.readInt32LE(4));
    }
  } catch {
    // It has broken: the pool is gone, too.
  }
  setTimeout(end, grace);
}
