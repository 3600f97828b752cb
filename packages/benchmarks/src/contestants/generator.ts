/** The generator engine: bodies are `function*`, suspensions are `yield*`. */

import {
  CancelledError,
  createTask,
  eagerTaskFactory,
  Future,
  gather,
  Lock,
  map,
  newEventLoop,
  Queue,
  sleep,
  timeout,
} from "asyncio-ts";
import { atMost, locking, queueSize, rows, switching, type Workloads } from "../rows.ts";

const loop = newEventLoop();

export const workloads: Workloads = {
  switch: () => loop.runUntilComplete(switches),
  spawn: () => loop.runUntilComplete(spawn),
  gather: () => loop.runUntilComplete(gatherMany),
  async "gather-eager"() {
    loop.setTaskFactory(eagerTaskFactory);
    try {
      return await loop.runUntilComplete(gatherMany);
    } finally {
      loop.setTaskFactory(null);
    }
  },
  timer: () => loop.runUntilComplete(timers),
  "cancel-sleep": () => loop.runUntilComplete(cancelSleeps),
  sleep: () => loop.runUntilComplete(naps),
  queue: () => loop.runUntilComplete(produceAndConsume),
  lock: () => loop.runUntilComplete(handOver),
  timeout: () => loop.runUntilComplete(timeouts),
  limit: () => loop.runUntilComplete(gatherLimited),
  map: () => loop.runUntilComplete(mapLimited),
  "await-done": () => loop.runUntilComplete(awaitDone),
  drain: () => loop.runUntilComplete(turns),
};

function* switches() {
  let count = 0;
  function* pause() {
    for (let i = 0; i < switching.pauses; i++) {
      yield* sleep(0);
      count++;
    }
  }
  const tasks = Array.from({ length: switching.tasks }, () => createTask(pause));
  for (const each of tasks) yield* each;
  return count;
}

function* same(i: number) {
  return i;
}

function* spawn() {
  let sum = 0;
  for (let i = 0; i < rows.spawn.operations; i++) sum += yield* createTask(same(i));
  return sum;
}

function* gatherMany() {
  const values = yield* gather(Array.from({ length: rows.gather.operations }, (_, i) => same(i)));
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function* timers() {
  let fired = 0;
  for (let i = 0; i < rows.timer.operations; i++) {
    const timer = loop.callLater(3_600, () => fired++);
    timer.cancel();
  }
  yield* sleep(0);
  return fired;
}

function* cancelSleeps() {
  let cancelled = 0;
  for (let i = 0; i < rows["cancel-sleep"].operations; i++) {
    const sleeping = createTask(sleep(3_600));
    yield* sleep(0);
    sleeping.cancel();
    try {
      yield* sleeping;
    } catch (error) {
      if (error instanceof CancelledError) cancelled++;
    }
  }
  return cancelled;
}

function* naps() {
  let woken = 0;
  function* nap() {
    yield* sleep(0.001);
    woken++;
  }
  yield* gather(Array.from({ length: rows.sleep.operations }, nap));
  return woken;
}

function* awaitDone() {
  let sum = 0;
  for (let i = 0; i < rows["await-done"].operations; i++) {
    const future = new Future<number>({ loop });
    future.setResult(i);
    sum += yield* future;
  }
  return sum;
}

function* turns() {
  let count = 0;
  for (; count < rows.drain.operations; count++) yield* sleep(0);
  return count;
}

function* produceAndConsume() {
  const queue = new Queue<number>(queueSize);
  createTask(function* produce() {
    for (let i = 0; i < rows.queue.operations; i++) yield* queue.put(i);
  });
  let sum = 0;
  for (let i = 0; i < rows.queue.operations; i++) sum += yield* queue.get();
  return sum;
}

function* handOver() {
  const lock = new Lock();
  let count = 0;
  function* compete() {
    for (let i = 0; i < locking.times; i++) {
      yield* lock.acquire();
      yield* sleep(0);
      count++;
      lock.release();
    }
  }
  const tasks = Array.from({ length: locking.tasks }, () => createTask(compete));
  for (const each of tasks) yield* each;
  return count;
}

function* timeouts() {
  let sum = 0;
  for (let i = 0; i < rows.timeout.operations; i++) {
    sum += yield* timeout(3_600, function* () {
      return i;
    });
  }
  return sum;
}

function* aTurn(i: number) {
  yield* sleep(0);
  return i;
}

function* gatherLimited() {
  const work = Array.from({ length: rows.limit.operations }, (_, i) => aTurn(i));
  let sum = 0;
  for (const value of yield* gather(work, { limit: atMost })) sum += value;
  return sum;
}

function* mapLimited() {
  const items = Array.from({ length: rows.map.operations }, (_, i) => i);
  let sum = 0;
  for (const value of yield* map(items, aTurn, { limit: atMost }).toArray()) sum += value;
  return sum;
}
