import assert from "node:assert/strict";
import { createTask, type GeneratorBody, sleep, type Task, type WaitLimits } from "@asyncio-ts/tasks";
import { runVirtual } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { describe, test } from "vitest";
import { eachKind } from "../test/each-kind.ts";
import { LifoQueue } from "./lifo-queue.ts";
import { PriorityQueue } from "./priority-queue.ts";
import { Queue } from "./queue.ts";

/** Its number says when it was put; its priority repeats. */
interface Item {
  readonly id: number;
  readonly priority: number;
}

const compare = (a: Item, b: Item): number => a.priority - b.priority;

interface QueueKind {
  make(maxsize: number): Queue<Item>;
  next(held: readonly Item[]): number;
}

/** Each kind of queue, and what it must give next of what it holds, listed in the order in which it was put. */
const queues: Readonly<Record<string, QueueKind>> = {
  Queue: { make: (maxsize: number) => new Queue<Item>(maxsize), next: () => 0 },
  LifoQueue: {
    make: (maxsize: number) => new LifoQueue<Item>(maxsize),
    next: (held: readonly Item[]) => held.length - 1,
  },
  PriorityQueue: {
    make: (maxsize: number) => new PriorityQueue<Item>(maxsize, { compare }),
    next: (held: readonly Item[]) => held.indexOf(held.toSorted(compare)[0] as Item),
  },
};

const limit = fc.constantFrom<"none" | "timeout" | "signal">("none", "none", "none", "timeout", "signal");
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("put", "get", "next"), limit }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("cancel"), which: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("turn", "putNowait", "getNowait", "taskDone") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("join", "abort", "wait"), limit }) },
);
type Action = { do: string; limit?: "none" | "timeout" | "signal"; which?: number };
const program = fc.record({
  maxsize: fc.nat(3),
  actions: fc.array(action as fc.Arbitrary<Action>, { maxLength: 60 }),
  immediate: fc.boolean(),
});

/** Performs actions on a queue, and compares every item that comes out with what the queue must hold. */
class Trial {
  readonly #queue: Queue<Item>;
  readonly #next: (held: readonly Item[]) => number;
  readonly #work: (typeof eachKind)["native"];
  readonly #held: Item[] = [];
  readonly #tasks: Task<void>[] = [];
  #controller = new AbortController();
  #made = 0;
  #unfinished = 0;

  constructor(queue: Queue<Item>, next: (held: readonly Item[]) => number, work: (typeof eachKind)["native"]) {
    this.#queue = queue;
    this.#next = next;
    this.#work = work;
  }

  *run(actions: readonly Action[], immediate: boolean): GeneratorBody<void> {
    for (const each of actions) {
      if (each.do === "turn") yield* sleep(0);
      else if (each.do === "wait") yield* sleep(0.5);
      else this.#perform(each);
    }
    yield* sleep(0.25); // until nothing is ready
    this.#expectNobodyForgotten();
    yield* this.#end(immediate);
  }

  #perform(each: Action): void {
    const queue = this.#queue;
    const limits = this.#limits(each.limit);
    if (each.do === "put") this.#startPut(limits);
    else if (each.do === "get") this.#start(this.#work(() => queue.get(limits), this.#taken));
    else if (each.do === "next") {
      this.#start(
        this.#work(
          () => queue[Symbol.asyncIterator]().next(),
          (step) => step.done || this.#taken(step.value),
        ),
      );
    } else if (each.do === "join")
      this.#start(
        this.#work(
          () => queue.join(limits),
          () => {},
        ),
      );
    else if (each.do === "cancel") this.#tasks.at(-1 - ((each.which ?? 0) % (this.#tasks.length || 1)))?.cancel();
    else if (each.do === "putNowait" && !queue.full()) this.#put(this.#newItem(), (item) => queue.putNowait(item));
    else if (each.do === "getNowait" && !queue.empty()) this.#taken(queue.getNowait());
    else if (each.do === "taskDone" && this.#unfinished > this.#held.length) this.#finished();
    else if (each.do === "abort") {
      this.#controller.abort();
      this.#controller = new AbortController();
    }
  }

  #limits(kind: Action["limit"]): WaitLimits | undefined {
    if (kind === "timeout") return { timeout: (this.#made % 3) / 2 };
    return kind === "signal" ? { signal: this.#controller.signal } : undefined;
  }

  #startPut(limits: WaitLimits | undefined): void {
    const item = this.#newItem();
    this.#start(
      this.#work(
        () => this.#queue.put(item, limits),
        () => this.#put(item, () => {}),
      ),
    );
  }

  #newItem(): Item {
    return { id: this.#made, priority: (this.#made++ * 7) % 4 };
  }

  #put(item: Item, put: (item: Item) => void): void {
    put(item);
    this.#held.push(item);
    this.#unfinished++;
  }

  #finished(): void {
    this.#queue.taskDone();
    this.#unfinished--;
  }

  readonly #taken = (item: Item): void => {
    assert.deepEqual([item], this.#held.splice(this.#next(this.#held), 1));
  };

  #start(work: ConstructorParameters<typeof Task<void>>[0]): void {
    this.#tasks.push(createTask(work));
  }

  #expectNobodyForgotten(): void {
    const { size, getting, putting, joining, unfinished } = this.#queue.statistics();
    assert.deepEqual([size, unfinished], [this.#held.length, this.#unfinished]);
    assert.equal(Math.min(getting, size), 0);
    assert(putting === 0 || this.#queue.full());
    assert(joining === 0 || unfinished > 0);
  }

  *#end(immediate: boolean): GeneratorBody<void> {
    this.#queue.shutdown({ immediate });
    this.#unfinished -= immediate ? this.#held.splice(0).length : 0;
    yield* sleep(0.25);
    const { getting, putting } = this.#queue.statistics();
    assert.deepEqual([getting, putting], [0, 0]);
    while (!this.#queue.empty()) this.#taken(this.#queue.getNowait());
    while (this.#unfinished > 0) this.#finished();
    yield* sleep(0.25);
    assert.deepEqual(this.#held, []);
    assert(!this.#queue.getters.isOccupied && !this.#queue.putters.isOccupied);
    for (const task of this.#tasks) {
      assert(task.done());
      const error = task.failure()?.error;
      if (error instanceof assert.AssertionError) throw error;
    }
  }
}

for (const [name, { make, next }] of Object.entries(queues)) {
  for (const [kind, work] of Object.entries(eachKind)) {
    describe(`${name}, in ${kind} bodies`, () => {
      test("loses nothing, gives nothing twice, keeps its order and forgets nobody, whatever is cancelled", async () => {
        const run = fc.asyncProperty(program, ({ maxsize, actions, immediate }) =>
          runVirtual(() => new Trial(make(maxsize), next, work).run(actions, immediate)),
        );
        await fc.assert(run, { numRuns: 300 });
      });
    });
  }
}
