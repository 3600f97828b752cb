/**
 * What is different on a platform, and stays so: tests that fail there, and why.
 *
 * A test that fails and is not listed fails the run; so does one that is listed and passes, unless it does `sometimes`.
 */

/** @typedef {{ on: readonly string[], test: RegExp, reason: string, sometimes?: true }} Difference */

const withoutCarrier = ["Web storage on Node", "Chromium", "Firefox"];

/** @type {readonly Difference[]} */
export const differences = [
  {
    on: ["Bun"],
    test: /captureStack\(\) > begins with|Handle\.createdAt > is the stack|names who waits for what/,
    reason: "a stack lacks functions that end by calling another one: JavaScriptCore drops their frames",
  },
  {
    on: ["Bun"],
    test: /waitingAt\(\) tells the line where a native body waits/,
    reason: "where an `async` function waits is not known: the stack at its `await` is empty",
  },
  {
    on: ["Bun"],
    test: /promises-aplus\.test/,
    reason:
      "two tests of Promises/A+ about `this` fail, with native promises as well: Bun runs their file in sloppy mode",
  },
  {
    on: ["Bun", "Deno"],
    test: /node-watchdog\.test\.ts .* (prints what runs|prints the stack of|says that a call)/,
    reason:
      "`Watchdog` says that a loop is blocked, but shows no stack: there is no debugger to ask from another thread",
  },
  {
    on: ["Bun", "Deno"],
    test: /interrupts\.test\.ts .* (ends a program that does not catch|and exits with 143)/,
    reason:
      "the exit code of a program that does not catch the `KeyboardInterrupt` is 1: that of an uncaught error is fixed",
  },
  {
    on: ["Bun", "Deno"],
    test: /rejects with a DeadlockError when a promise can never settle/,
    reason: "the error is printed in another form than the test expects",
  },
  {
    on: ["Bun", "Deno"],
    test: /testing\/test\/guide\.test\.ts .* with node:test/,
    reason: "`node --test` is no option of theirs; `bun test` and `deno test` are",
  },
  {
    on: ["Deno"],
    test: /unhandledRejection > /,
    reason: "what is not caught ends the process in Deno's own way, with a text of its own",
  },
  {
    on: ["Deno"],
    test: /once\(\) of node:events that is aborted/,
    reason:
      "`once()` of `node:events` throws an `AbortError` without a cause, so a task that it ends has failed, not been cancelled",
  },
  {
    on: ["Deno"],
    test: /web-host\.test\.ts .* (afterMicrotasks\(\) calls back after|a native step comes to rest)/,
    reason:
      "a message of a `MessageChannel` does not wait for the microtasks: `WebHost` is for browsers, `DenoHost` is right",
  },
  {
    on: ["Deno", "Bun"],
    test: /keeps no memory of a million tasks|unretrieved\.test\.ts|never-awaited\.test\.ts|unclosed\.test\.ts/,
    reason: "garbage is collected later than the test waits",
    sometimes: true,
  },
  {
    on: withoutCarrier,
    test: /interrupts the source when the consumer leaves/,
    reason: "an async generator is native code: it cannot be interrupted at an `await` without AsyncLocalStorage",
  },
  {
    on: ["Web storage on Node"],
    test: /somebody else's AsyncLocalStorage/,
    reason: "another library's AsyncLocalStorage is not carried: browsers have none",
  },
];
