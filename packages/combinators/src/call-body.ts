import { type Body, type Coroutine, coroutine } from "@asyncio-ts/tasks";

/**
 * Call `body` in the current task, without a turn: `yield* callBody(body, scope)`.
 *
 * For functions of the user that are called once each: to make a coroutine function of each would cost six times as much.
 */
export function callBody<Args extends unknown[], T>(body: Body<Args, T>, ...args: Args): Coroutine<T> {
  return calling(body, args) as Coroutine<T>;
}

const calling = coroutine(function body(f: Body<never, unknown>, args: unknown[]) {
  return f(...(args as never));
});
