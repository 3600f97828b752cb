import { isMainThread } from "node:worker_threads";

/** How often to look, in milliseconds. */
const period = 200;

/** Call `report` once this worker uses more than `limit` bytes: a thread its heap, a process all that it has. */
export function watchMemory(limit: number, report: (used: number) => void): void {
  const timer = setInterval(() => {
    const used = usedMemory();
    if (used <= limit) return;
    clearInterval(timer);
    report(used);
  }, period);
  timer.unref();
}

function usedMemory(): number {
  if (isMainThread) return process.memoryUsage.rss();
  const { used_heap_size, external_memory } = process.getBuiltinModule("node:v8").getHeapStatistics();
  return used_heap_size + external_memory;
}
