import { createTask, Future, sleep } from "@asyncio-ts/tasks";
import { awaited, engines } from "@asyncio-ts/tasks/testing";
import { describe, expect, test } from "vitest";
import { ordered, runTest, waitAllTasksBlocked } from "./index.ts";

describe.each(Object.entries(engines))("in bodies that are %s", (_, makeBody) => {
  const body = makeBody();

  test("waitAllTasksBlocked() waits until nothing goes on by itself, at the same time", async () => {
    const script = body(function* main(loop: { time(): number }) {
      const order = ordered();
      const later = new Future<void>();
      const worker = createTask(
        body(function* work() {
          for (let turn = 0; turn < 10; turn++) yield* awaited(sleep(0));
          order.step(2);
          yield* awaited(later);
          order.step(4);
          yield* awaited(sleep(60));
        }),
      );
      order.step(1);
      yield* awaited(waitAllTasksBlocked());
      order.step(3);
      later.setResult();
      yield* awaited(waitAllTasksBlocked());
      order.finish(5);
      expect(loop.time()).toBe(0);
      worker.cancel();
    });
    await runTest(script);
  });

  test("several wait for that, and go on together; one that is cancelled does not count", async () => {
    const script = body(function* main(loop: { time(): number }) {
      const log: string[] = [];
      const waiters = ["a", "b", "c"].map((name) =>
        createTask(
          body(function* wait() {
            yield* awaited(waitAllTasksBlocked());
            log.push(name);
          }),
        ),
      );
      yield* awaited(sleep(0));
      yield* awaited(sleep(0));
      waiters[1]?.cancel();
      yield* awaited(sleep(1));
      expect([loop.time(), log]).toEqual([1, ["a", "c"]]);
    });
    await runTest(script);
  });
});
