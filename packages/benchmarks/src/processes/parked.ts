/**
 * Measures what a parked task costs in memory, in a process of its own: `node --expose-gc parked.js KIND`. Prints the bytes
 * a task as JSON. The bodies are functions that exist once: their own size is no part of it.
 */

import type * as Asyncio from "asyncio-ts";
import { collectGarbage } from "../collect-garbage.ts";

const parked = 100_000;
/** Parked before the measurement begins, so that the first of each kind has done what is done once. */
const first = 1_000;

type Park = () => unknown;

const kinds: Record<string, () => Promise<void>> = {
  async promises() {
    const resolvers: unknown[] = [];
    const body = async (): Promise<void> => {
      await new Promise((resolve) => resolvers.push(resolve));
    };
    await measure(body, async () => void (await new Promise((resolve) => setTimeout(resolve, 20))));
    if (resolvers.length !== first + parked) throw new Error(`${resolvers.length} are parked`);
  },

  "generator-future": () =>
    inLoop((asyncio) => {
      function* body() {
        yield* new asyncio.Future<void>();
      }
      return () => asyncio.createTask(body());
    }),

  "generator-sleep": () =>
    inLoop((asyncio) => {
      function* body() {
        yield* asyncio.sleep(3_600);
      }
      return () => asyncio.createTask(body());
    }),

  "native-future": () =>
    inLoop((asyncio) => {
      const body = async (): Promise<void> => await new asyncio.Future<void>();
      return () => asyncio.createTask(body);
    }),

  "native-sleep": () =>
    inLoop((asyncio) => {
      const body = async (): Promise<void> => await asyncio.sleep(3_600);
      return () => asyncio.createTask(body);
    }),
};

await (kinds[process.argv[2] ?? ""] as () => Promise<void>)();
process.exit(); // the parked tasks would only be cancelled and reported

async function inLoop(prepare: (asyncio: typeof Asyncio) => Park): Promise<void> {
  const asyncio = await import("asyncio-ts");
  await asyncio.newEventLoop().runUntilComplete(async () => {
    await measure(prepare(asyncio), async () => await asyncio.sleep(0.02));
  });
}

async function measure(park: Park, settleDown: () => Promise<void>): Promise<void> {
  const keep: unknown[] = new Array(first + parked).fill(null);
  for (let i = 0; i < first; i++) keep[i] = park();
  await settleDown();
  const before = heapUsed();
  for (let i = first; i < keep.length; i++) keep[i] = park();
  await settleDown();
  const bytes = (heapUsed() - before) / parked;
  if (keep.includes(null)) throw new Error("Not all are parked");
  console.log(JSON.stringify(Math.round(bytes)));
}

function heapUsed(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
