import assert from "node:assert/strict";
import {
  CancelledError,
  type Coroutine,
  createTask,
  type GeneratorBody,
  sleep,
  type Task,
  type WaitLimits,
} from "@asyncio-ts/tasks";
import { runVirtual } from "@asyncio-ts/tasks/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eachKind } from "../test/each-kind.ts";
import { channel, type Receiver, type Sender } from "./channel.ts";

const limit = fc.constantFrom<Limit>("none", "none", "none", "timeout", "signal");
const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom("send", "receive", "next"), limit, end: fc.nat(5) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("cancel"), limit, end: fc.nat(20) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("turn", "trySend", "tryReceive"), limit, end: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("clone", "close", "abort", "wait"), limit, end: fc.nat(5) }),
  },
);
const program = fc.record({ capacity: fc.nat(3), actions: fc.array(action, { maxLength: 60 }) });

type Limit = "none" | "timeout" | "signal";

interface Action {
  readonly do: string;
  readonly limit: Limit;
  /** Which of the ends, or of the tasks. */
  readonly end: number;
}

/** Performs actions on the ends of a channel; then drains it, closes what is left, and compares what went in and came out. */
class Trial {
  readonly #work: (typeof eachKind)["native"];
  readonly #senders: Sender<number>[];
  readonly #receivers: Receiver<number>[];
  readonly #sending: { readonly item: number; readonly task: Task<void> }[] = [];
  readonly #receiving: Task<void>[] = [];
  readonly #sent: number[] = [];
  readonly #received: number[] = [];
  #controller = new AbortController();
  #made = 0;

  constructor(capacity: number, work: (typeof eachKind)["native"]) {
    const { sender, receiver } = channel<number>(capacity);
    this.#senders = [sender];
    this.#receivers = [receiver];
    this.#work = work;
  }

  *run(actions: readonly Action[]): GeneratorBody<void> {
    for (const each of actions) {
      if (each.do === "turn") yield* sleep(0);
      else if (each.do === "wait") yield* sleep(0.5);
      else this.#perform(each);
    }
    yield* sleep(0.25); // until nothing is ready
    this.#expectNobodyForgotten();
    yield* this.#drain();
    this.#expectNothingLost();
  }

  #perform(each: Action): void {
    const sender = this.#senders[each.end % this.#senders.length] as Sender<number>;
    const receiver = this.#receivers[each.end % this.#receivers.length] as Receiver<number>;
    const limits = this.#limits(each.limit);
    if (each.do === "send") this.#send(sender, limits);
    else if (each.do === "receive")
      this.#receive(
        () => receiver.receive(limits),
        (item) => item,
      );
    else if (each.do === "next") {
      this.#receive(
        () => receiver[Symbol.asyncIterator]().next(),
        (step) => step.value,
      );
    } else if (each.do === "cancel") this.#cancel(each.end);
    else if (each.do === "trySend" && receiver.statistics().receivers > 0 && !sender.isClosed) {
      const item = this.#made++;
      if (sender.trySend(item)) this.#sent.push(item);
    } else if (each.do === "tryReceive" && receiver.statistics().senders > 0 && !receiver.isClosed) {
      const received = receiver.tryReceive();
      if (received !== null) this.#received.push(received.item);
    } else if (each.do === "clone") {
      if (!sender.isClosed) this.#senders.push(sender.clone());
      if (!receiver.isClosed) this.#receivers.push(receiver.clone());
    } else if (each.do === "close") {
      // The very last receiver stays, else there would be nothing to compare.
      if (each.limit !== "none") sender.close();
      else if (receiver.statistics().receivers > 1) receiver.close();
    } else if (each.do === "abort") {
      this.#controller.abort();
      this.#controller = new AbortController();
    }
  }

  #limits(kind: Limit): WaitLimits | undefined {
    if (kind === "timeout") return { timeout: (this.#made % 3) / 2 };
    return kind === "signal" ? { signal: this.#controller.signal } : undefined;
  }

  #send(sender: Sender<number>, limits: WaitLimits | undefined): void {
    const item = this.#made++;
    const task = createTask(
      this.#work(
        () => sender.send(item, limits),
        () => void this.#sent.push(item),
      ),
    );
    this.#sending.push({ item, task });
  }

  #receive<T>(begin: () => Coroutine<T>, itemOf: (value: T) => number | undefined): void {
    const received = (value: T): void => {
      const item = itemOf(value);
      if (item !== undefined) this.#received.push(item);
    };
    this.#receiving.push(createTask(this.#work(begin, received)));
  }

  #cancel(which: number): void {
    const tasks = [...this.#receiving, ...this.#sending.map(({ task }) => task)];
    tasks.at(-1 - (which % (tasks.length || 1)))?.cancel();
  }

  /** Nobody waits for what is there, or for those who are gone. */
  #expectNobodyForgotten(): void {
    const { capacity, buffered, sending, receiving, senders } = (this.#senders[0] as Sender<number>).statistics();
    assert.equal(Math.min(receiving, buffered + sending), 0);
    assert(sending === 0 || buffered >= capacity);
    assert(receiving === 0 || senders > 0);
  }

  *#drain(): GeneratorBody<void> {
    for (const task of this.#receiving) task.cancel();
    yield* sleep(0.25);
    const receiver = this.#receivers.find((each) => !each.isClosed) as Receiver<number>;
    const last = receiver.clone();
    const taking = createTask(function* () {
      const items: number[] = [];
      const iterator = last[Symbol.asyncIterator]();
      for (let step = yield* iterator.next(); !step.done; step = yield* iterator.next()) items.push(step.value);
      return items;
    });
    yield* sleep(0.25);
    for (const sender of this.#senders) sender.close();
    this.#received.push(...(yield* taking));
    const { buffered, senders, sending, receiving } = last.statistics();
    assert.deepEqual([buffered, senders, sending, receiving], [0, 0, 0, 0]);
    for (const end of [...this.#senders, ...this.#receivers]) assert.equal(end.waiting.size, 0);
  }

  #expectNothingLost(): void {
    const received = new Set(this.#received);
    assert.equal(received.size, this.#received.length); // nothing twice
    for (const item of this.#sent) assert(received.has(item));
    for (const { item, task } of this.#sending) {
      assert(task.done());
      // Received, and yet not sent: only a cancellation in the turn of success does that.
      const error = task.failure()?.error;
      if (error !== undefined && received.has(item)) assert(error instanceof CancelledError);
    }
    for (const task of this.#receiving) {
      assert(task.done());
      task.failure();
    }
  }
}

describe.each(Object.entries(eachKind))("channel(), in %s bodies", (_, work) => {
  test("loses nothing, gives nothing twice and forgets nobody, whatever is cancelled and closed", async () => {
    const run = fc.asyncProperty(program, ({ capacity, actions }) =>
      runVirtual(() => new Trial(capacity, work).run(actions)),
    );
    await fc.assert(run, { numRuns: 300 });
  });

  test("keeps the order of one sender and one receiver", async () => {
    const cancels = fc.array(fc.nat(2), { minLength: 1, maxLength: 40 });
    const run = fc.asyncProperty(fc.nat(3), cancels, (capacity, pattern) =>
      runVirtual(function* () {
        const { sender, receiver } = channel<number>(capacity);
        const received: number[] = [];
        const sending = createTask(function* () {
          for (let n = 0; n < 40; n++) yield* sender.send(n);
          sender.close();
        });
        for (let n = 0; received.length < 40; n++) {
          const step = createTask(
            work(
              () => receiver.receive(),
              (item) => void received.push(item),
            ),
          );
          for (let turns = pattern[n % pattern.length] as number; turns > 0; turns--) yield* sleep(0);
          if (n % 3 === 0) step.cancel();
          while (!step.done()) yield* sleep(0);
          step.failure();
        }
        yield* sending;
        expect(received).toEqual(Array.from({ length: 40 }, (_each, n) => n));
      }),
    );
    await fc.assert(run, { numRuns: 50 });
  });
});
