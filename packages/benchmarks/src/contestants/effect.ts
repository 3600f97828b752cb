/** Effect: fibers of its own scheduler; bodies are `Effect.gen`. */

import { Effect, Fiber, Queue, Semaphore } from "effect";
import { atMost, locking, queueSize, rows, switching, type Workloads } from "../rows.ts";

export const workloads: Workloads = {
  switch: () => Effect.runPromise(switches()),
  spawn: () => Effect.runPromise(spawn),
  gather: () => Effect.runPromise(gatherMany),
  "gather-eager": () => Effect.runPromise(gatherMany),
  "cancel-sleep": () => Effect.runPromise(cancelSleeps),
  sleep: () => Effect.runPromise(naps()),
  queue: () => Effect.runPromise(produceAndConsume),
  lock: () => Effect.runPromise(handOver),
  timeout: () => Effect.runPromise(timeouts),
  limit: () => Effect.runPromise(takeInTurns),
  map: () => Effect.runPromise(takeInTurns),
  drain: () => Effect.runPromise(turns),
};

function switches() {
  let count = 0;
  const pause = Effect.gen(function* () {
    for (let i = 0; i < switching.pauses; i++) {
      yield* Effect.yieldNow;
      count++;
    }
  });
  return Effect.gen(function* () {
    const fibers = [];
    for (let i = 0; i < switching.tasks; i++) fibers.push(yield* Effect.forkChild(pause));
    for (const fiber of fibers) yield* Fiber.join(fiber);
    return count;
  });
}

const spawn = Effect.gen(function* () {
  let sum = 0;
  for (let i = 0; i < rows.spawn.operations; i++) {
    sum += yield* Fiber.join(yield* Effect.forkChild(Effect.sync(() => i)));
  }
  return sum;
});

const gatherMany = Effect.gen(function* () {
  const effects = Array.from({ length: rows.gather.operations }, (_, i) => Effect.sync(() => i));
  const values = yield* Effect.all(effects, { concurrency: "unbounded" });
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
});

const cancelSleeps = Effect.gen(function* () {
  let cancelled = 0;
  for (let i = 0; i < rows["cancel-sleep"].operations; i++) {
    const fiber = yield* Effect.forkChild(Effect.sleep(3_600_000));
    yield* Effect.yieldNow;
    yield* Fiber.interrupt(fiber);
    if (fiber.pollUnsafe()?._tag === "Failure") cancelled++;
  }
  return cancelled;
});

function naps() {
  let woken = 0;
  const nap = Effect.gen(function* () {
    yield* Effect.sleep(1);
    woken++;
  });
  return Effect.gen(function* () {
    const effects = Array.from({ length: rows.sleep.operations }, () => nap);
    yield* Effect.all(effects, { concurrency: "unbounded", discard: true });
    return woken;
  });
}

const turns = Effect.gen(function* () {
  let count = 0;
  for (; count < rows.drain.operations; count++) yield* Effect.yieldNow;
  return count;
});

const produceAndConsume = Effect.gen(function* () {
  const queue = yield* Queue.bounded<number>(queueSize);
  const produce = Effect.gen(function* () {
    for (let i = 0; i < rows.queue.operations; i++) yield* Queue.offer(queue, i);
  });
  yield* Effect.forkChild(produce);
  let sum = 0;
  for (let i = 0; i < rows.queue.operations; i++) sum += yield* Queue.take(queue);
  return sum;
});

const handOver = Effect.gen(function* () {
  const lock = yield* Semaphore.make(1);
  let count = 0;
  const compete = Effect.gen(function* () {
    for (let i = 0; i < locking.times; i++) {
      yield* lock.take(1);
      yield* Effect.yieldNow;
      count++;
      yield* lock.release(1);
    }
  });
  const fibers = [];
  for (let i = 0; i < locking.tasks; i++) fibers.push(yield* Effect.forkChild(compete));
  for (const fiber of fibers) yield* Fiber.join(fiber);
  return count;
});

const timeouts = Effect.gen(function* () {
  let sum = 0;
  for (let i = 0; i < rows.timeout.operations; i++) sum += yield* Effect.timeout(Effect.succeed(i), 3_600_000);
  return sum;
});

const takeInTurns = Effect.gen(function* () {
  const items = Array.from({ length: rows.map.operations }, (_, i) => i);
  const aTurn = (i: number) => Effect.as(Effect.yieldNow, i);
  let sum = 0;
  for (const value of yield* Effect.forEach(items, aTurn, { concurrency: atMost })) sum += value;
  return sum;
});
