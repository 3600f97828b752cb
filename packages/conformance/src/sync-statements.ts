import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from "asyncio-ts";
import type { Makeable } from "./program.ts";
import { type SharedStatements, Wait } from "./shared-statement.ts";
import type { Naming, Performer } from "./world.ts";

/** What is acquired and released. */
export type Lockable = Lock | Condition | Semaphore;

const makers: Readonly<Record<Makeable, (n?: number) => object>> = {
  lock: () => new Lock(),
  event: () => new Event(),
  condition: () => new Condition(),
  semaphore: (n = 1) => new Semaphore(n),
  bounded_semaphore: (n = 1) => new BoundedSemaphore(n),
  barrier: (n = 1) => new Barrier(n),
  queue: (n = 0) => new Queue(n),
  priority_queue: (n = 0) => new PriorityQueue(n),
  lifo_queue: (n = 0) => new LifoQueue(n),
};

/** Locks and their like. */
export const syncStatements = {
  make({ world }, s) {
    world.put(s.as, makers[s.kind](s.n));
  },

  acquire(by, s) {
    const lock = findLockable(by, s);
    return lock && Wait.on<unknown>(lock.acquire(), () => `acquired ${s.of}`);
  },
  release(by, s) {
    const lock = findLockable(by, s);
    if (lock === undefined) return;
    lock.release();
    by.world.log(by.who, `released ${s.of}`);
  },
  locked(by, s) {
    const lock = findLockable(by, s);
    if (lock !== undefined) by.world.log(by.who, `locked ${s.of} = ${by.world.show(lock.locked())}`);
  },

  event_set(by, s) {
    const event = findEvent(by, s);
    if (event === undefined) return;
    event.set();
    by.world.log(by.who, `set ${s.of}`);
  },
  event_clear(by, s) {
    findEvent(by, s)?.clear();
  },
  event_wait(by, s) {
    const event = findEvent(by, s);
    return event && Wait.on(event.wait(), () => `event ${s.of}`);
  },

  condition_wait(by, s) {
    const condition = findCondition(by, s);
    return condition && Wait.on(condition.wait(), () => `condition ${s.of}`);
  },
  notify(by, s) {
    const condition = findCondition(by, s);
    if (condition === undefined) return;
    if (s.all) condition.notifyAll();
    else condition.notify(s.n ?? 1);
    by.world.log(by.who, `notified ${s.of}`);
  },

  barrier_wait(by, s) {
    const barrier = findBarrier(by, s);
    return barrier && Wait.on(barrier.wait(), (index) => `barrier ${s.of} = ${index}`);
  },
  barrier_reset(by, s) {
    const barrier = findBarrier(by, s);
    return barrier && Wait.on(barrier.reset(), () => `reset ${s.of}`);
  },
  barrier_abort(by, s) {
    const barrier = findBarrier(by, s);
    return barrier && Wait.on(barrier.abort(), () => `abort ${s.of}`);
  },
} satisfies Partial<SharedStatements>;

/** What is acquired and released, by its name. */
export function findLockable(by: Performer, s: Naming): Lockable | undefined {
  return by.world.find(by, s) as Lockable | undefined;
}

function findEvent(by: Performer, s: Naming): Event | undefined {
  return by.world.find(by, s) as Event | undefined;
}

function findCondition(by: Performer, s: Naming): Condition | undefined {
  return by.world.find(by, s) as Condition | undefined;
}

function findBarrier(by: Performer, s: Naming): Barrier | undefined {
  return by.world.find(by, s) as Barrier | undefined;
}
