import type { Queue } from "asyncio-ts";
import type { Value } from "./program.ts";
import { type SharedStatements, Wait } from "./shared-statement.ts";
import type { Naming, Performer } from "./world.ts";

/** Queues of every order. */
export const queueStatements = {
  put(by, s) {
    const queue = findQueue(by, s);
    return queue && Wait.on(queue.put(s.value), () => `put ${s.of} ${s.value}`);
  },
  put_nowait(by, s) {
    const queue = findQueue(by, s);
    if (queue === undefined) return;
    queue.putNowait(s.value);
    by.world.log(by.who, `put ${s.of} ${s.value}`);
  },
  get(by, s) {
    const queue = findQueue(by, s);
    return queue && Wait.on(queue.get(), (item) => `got ${s.of} = ${by.world.show(item)}`);
  },
  get_nowait(by, s) {
    const queue = findQueue(by, s);
    if (queue !== undefined) by.world.log(by.who, `got ${s.of} = ${by.world.show(queue.getNowait())}`);
  },
  task_done(by, s) {
    const queue = findQueue(by, s);
    if (queue === undefined) return;
    queue.taskDone();
    by.world.log(by.who, `task_done ${s.of}`);
  },
  join(by, s) {
    const queue = findQueue(by, s);
    return queue && Wait.on(queue.join(), () => `joined ${s.of}`);
  },
  shutdown(by, s) {
    const queue = findQueue(by, s);
    if (queue === undefined) return;
    queue.shutdown({ immediate: s.immediate ?? false });
    by.world.log(by.who, `shutdown ${s.of}`);
  },
  size(by, s) {
    const queue = findQueue(by, s);
    if (queue !== undefined) by.world.log(by.who, `size ${s.of} = ${queue.qsize()}`);
  },
} satisfies Partial<SharedStatements>;

function findQueue(by: Performer, s: Naming): Queue<Value> | undefined {
  return by.world.find(by, s) as Queue<Value> | undefined;
}
