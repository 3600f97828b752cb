/** async-mutex: locks of promises. */

import { Mutex } from "async-mutex";
import { locking, type Workloads } from "../rows.ts";

export const workloads: Workloads = {
  async lock() {
    const mutex = new Mutex();
    let count = 0;
    const compete = async (): Promise<void> => {
      for (let i = 0; i < locking.times; i++) {
        const release = await mutex.acquire();
        await null;
        count++;
        release();
      }
    };
    const tasks = Array.from({ length: locking.tasks }, compete);
    for (const each of tasks) await each;
    return count;
  },
};
