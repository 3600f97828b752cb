/** p-queue: a queue of promises to be made, so many at a time. */

import PQueue from "p-queue";
import { atMost, rows, type Workloads } from "../rows.ts";

export const workloads: Workloads = {
  async limit() {
    const queue = new PQueue({ concurrency: atMost });
    const results = await queue.addAll(Array.from({ length: rows.limit.operations }, (_, i) => () => aTurn(i)));
    let sum = 0;
    for (const value of results) sum += value;
    return sum;
  },
};

async function aTurn(i: number): Promise<number> {
  await null;
  return i;
}
