/** p-limit: so many promises at a time. */

import pLimit from "p-limit";
import { atMost, rows, type Workloads } from "../rows.ts";

export const workloads: Workloads = {
  async limit() {
    const limit = pLimit(atMost);
    const results = await Promise.all(Array.from({ length: rows.limit.operations }, (_, i) => limit(() => aTurn(i))));
    let sum = 0;
    for (const value of results) sum += value;
    return sum;
  },
};

async function aTurn(i: number): Promise<number> {
  await null;
  return i;
}
