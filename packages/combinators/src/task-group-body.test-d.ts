import type { Coroutine, Task } from "@asyncio-ts/tasks";
import { expectTypeOf, test } from "vitest";
import type { TaskGroup } from "./task-group.ts";
import { taskGroup } from "./task-group-body.ts";

test("taskGroup() gives what its body gives, in both kinds of body", () => {
  expectTypeOf(taskGroup(async () => 1)).toEqualTypeOf<Coroutine<number>>();
  const generator = function* (group: TaskGroup) {
    const text = yield* group.createTask(async () => "text");
    expectTypeOf(text).toEqualTypeOf<string>();
    return [text, 1] as const;
  };
  expectTypeOf(taskGroup(generator)).toEqualTypeOf<Coroutine<readonly [string, 1]>>();
});

test("createTask() gives a task of what its work gives", () => {
  taskGroup(async (group) => {
    expectTypeOf(group).toEqualTypeOf<TaskGroup>();
    expectTypeOf(group.createTask(async () => 1)).toEqualTypeOf<Task<number>>();
    expectTypeOf(
      group.createTask(function* () {
        return true;
      }),
    ).toEqualTypeOf<Task<boolean>>();
    // @ts-expect-error a running promise is not work
    group.createTask(Promise.resolve(1));
    // @ts-expect-error the loop is that of the group
    group.createTask(async () => 1, { loop: undefined as never });
  });
});

test("start() gives what ready() is called with", () => {
  taskGroup(async (group) => {
    const serve = async (ready: (port: number) => void): Promise<void> => ready(8080);
    expectTypeOf(group.start(serve)).toEqualTypeOf<Coroutine<number>>();
    expectTypeOf(await group.start<string>(async (ready) => ready("name"))).toEqualTypeOf<string>();
    const plain = async (ready: () => void): Promise<void> => ready();
    expectTypeOf(group.start(plain)).toEqualTypeOf<Coroutine<void>>();
    // @ts-expect-error ready() is given the wrong type
    group.start<string>(async (ready) => ready(1));
  });
});

test("a body that gives nothing to await is refused", () => {
  // @ts-expect-error it returns before its tasks can be waited for
  taskGroup(() => {});
  // @ts-expect-error a timeout is not an option
  taskGroup(async () => 1, { timeout: 1 });
});
