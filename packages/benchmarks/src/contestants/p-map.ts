/** p-map: a promise for each item, so many at a time. */

import pMap from "p-map";
import { atMost, rows, type Workloads } from "../rows.ts";

export const workloads: Workloads = {
  async map() {
    const items = Array.from({ length: rows.map.operations }, (_, i) => i);
    let sum = 0;
    for (const value of await pMap(items, aTurn, { concurrency: atMost })) sum += value;
    return sum;
  },
};

async function aTurn(i: number): Promise<number> {
  await null;
  return i;
}
