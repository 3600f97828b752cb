/**
 * What is different on a platform, and stays so: tests that fail there, and why.
 *
 * A test that fails and is not listed fails the run; so does one that is listed and passes, unless it does `sometimes`.
 * What is no more tested is taken off the list.
 */

/** @typedef {{ on: readonly string[], test: RegExp, reason: string, sometimes?: true }} Difference */

const browsers = ["Chromium", "Firefox"];
const withoutCarrier = ["Web storage on Node", ...browsers];

/** @type {readonly Difference[]} */
export const differences = [
  {
    on: ["Bun"],
    test: /captureStack\(\) > begins with|Handle\.createdAt > is the stack|names who waits for what/,
    reason: "a stack lacks functions that end by calling another one: JavaScriptCore drops their frames",
  },
  {
    on: ["Bun"],
    test: /waitingAt\(\) tells the line where a native body waits|tells .*where (the task waits that is late|a pending task waits)/,
    reason: "where an `async` function waits is not known: the stack at its `await` is empty",
  },
  {
    on: ["Bun"],
    test: /promises-aplus\.test\.ts > Future passes Promises/,
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
    reason: "a `DeadlockError` that nobody catches is printed in a form of their own",
  },
  {
    on: ["Bun"],
    test: /at the top level of the main module > (rejects with a DeadlockError$|does not hang)/,
    reason:
      "a deadlock under an `await run(main)` at the top level of the main module hangs: Bun never says there that nothing is left to wait for",
  },
  {
    on: ["Deno"],
    test: /at the top level of the main module > rejects with a DeadlockError$/,
    reason:
      "a deadlock under an `await run(main)` at the top level of the main module hangs, or with `interruptedBy: []` ends with an error of Deno",
  },
  {
    on: ["Bun", "Deno"],
    test: /testing\/test\/guide\.test\.ts .* with node:test/,
    reason: "`node --test` is no option of theirs; `bun test` and `deno test` are",
  },
  {
    on: ["Deno"],
    test: /run\.process\.test\.ts > unhandledRejection > /,
    reason: "what is not caught ends the process in Deno's own way, with a text of its own",
  },
  {
    on: ["Bun"],
    test: /unhandledRejection > is raised by/,
    reason: "an unhandled rejection ends the process later than in Node, and is sometimes told in another form",
    sometimes: true,
  },
  {
    on: ["Deno"],
    test: /remote-loop\.worker\.test\.ts .* a thread that (ends|was terminated) fails what is awaited/,
    reason:
      "a port is not told that the thread at its other end has ended: calls to the loop of a thread that died are not answered",
  },
  {
    on: ["Bun", "Deno"],
    test: /remote-loop\.worker\.test\.ts .* (wakes who blocks for it|runs out of memory wakes|does not wait for a thread that)/,
    reason:
      "a thread that blocks does not hear that the one that it waits for was terminated: give `result()` a timeout there",
  },
  {
    on: ["Bun", "Deno"],
    test: /remote-loop\.unreadable\.test\.ts/,
    reason: "the stack of a thread cannot be chosen, so there is nothing that one can write and another cannot read",
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
    test: /keeps no memory of a million tasks|drop-watch\.test\.ts|unretrieved\.test\.ts|never-awaited\.test\.ts|unclosed\.test\.ts/,
    reason: "garbage is collected later than the test waits",
    sometimes: true,
  },
  {
    on: ["Bun"],
    test: /process-link\.test\.ts .* what a dead process did not get/,
    reason:
      "a job that is sent to a process which has just died fails with `WorkerDied`: nobody tells that it did not arrive",
  },
  {
    on: ["Bun"],
    test: /shared-memory\.test\.ts .* (moves a stream to a job|does not share memory: what cannot be copied)/,
    reason:
      "streams cannot be moved to threads, and a `SharedArrayBuffer` reaches a process as a copy, without an error",
  },
  {
    on: ["Deno"],
    test: /pool-executor\.test\.ts .* what one job transfers is not lost/,
    reason: "what a job was to transfer is lost when it cannot be sent for another reason",
  },
  {
    on: withoutCarrier,
    test: /map\(\) of an async iterable > interrupts the source when the consumer leaves/,
    reason: "an async generator is native code: it cannot be interrupted at an `await` without AsyncLocalStorage",
  },
  {
    on: ["Web storage on Node"],
    test: /somebody else's AsyncLocalStorage/,
    reason: "another library's AsyncLocalStorage is not carried: browsers have none",
  },
  {
    on: browsers,
    test: alternatives([
      "Context\\.run\\(\\) (> of the own context after an await|of an async function|inside a native body)",
      "runForever\\(\\) > is refused in a callback of another loop, over awaits",
      "the running loop > is that of (the flow, after an await|each flow when several run)",
      "currentTask\\(\\) > of two loops that run side by side",
      "an eager task with a native body > (is the current task|that suspends)",
      "await outside of any task > of another loop's future",
      "already done > reaches all that Promise",
      "waitingOn\\(\\) tells all futures of a Promise\\.all",
      "waitingAt\\(\\) tells the line where a native body waits",
      "a long chain of promises cannot be overtaken",
      "tasks of both kinds go on in the next run",
      "timeout\\(\\) takes back what it could not deliver",
      "taskGroup\\(\\) > runs in a task of its own where there is none",
      "advance\\.test\\.ts > in bodies that are native > ",
      "bodies that are native > (several wait|waitAllTasksBlocked\\(\\) waits until nothing)",
      "the leaks of a test > (do not list the timers|list what a pending task)",
      "bodies that are native with generators inside > several wait",
      "bodies that are generator with natives inside > (advance|waitAllTasksBlocked)\\(\\)",
      "runTest\\(\\) > does not mistake a test that works a lot",
      "runTest\\(\\) > (answers what the body returns|fails with (a pending task|an armed timer|a sleep that goes on))",
    ]),
    reason: "nothing follows an `await` of an `async` function, as said above: these tests have such functions in them",
  },
  {
    on: browsers,
    test: alternatives([
      "tells? (the time of the loop, and )?where (the task waits|a pending task waits|things were made)",
      "needs several deviations where one is not enough, and tells each",
      "createdAt (> is the stack|is where the future was made)",
      "in debug mode says where it was made",
      "waitingAt\\(\\) tells the line where a generator body waits",
      "names who waits for what",
    ]),
    reason: "the lines that debug mode tells may be lines of the library: a bundler leaves no path to know them by",
  },
  {
    on: browsers,
    test: alternatives([
      "console\\.(log|error)(\\(\\) of a group)? (> )?shows",
      "is shown with its parts",
      "Handle\\.toString\\(\\) > is what the console shows",
      "wait for each other does not go round for ever > generator",
    ]),
    reason: "a console of a browser shows objects in its own way, without their `toString()`",
  },
  {
    on: browsers,
    test: alternatives([
      "keeps no memory of a million tasks",
      "gives back the memory of a burst",
      "its error is an uncaught exception",
      "\\[24\\] createTask\\(\\) (on a closed loop|with a factory that throws) closes the coroutine",
      "reported if it is forgotten",
      "a callback beside the resolving function of a promise",
      "Node's unhandledRejection",
      "does not have its coroutine reported",
      "a cancellation that is swallowed > is (not )?warned of",
      "a coroutine that nobody has awaited, without a warning of the process",
    ]),
    reason: "there is no `process` that emits warnings and rejections, or tells its memory: warnings go to the console",
  },
  {
    on: ["Firefox"],
    test: alternatives([
      "lets the callback and its arguments go at once",
      "perLoop\\(\\) > holds neither",
      "ReadyQueue > holds nothing that was taken out",
      "DropWatch > (reports an object|does not report what|sweep\\(\\) asks|can be used again)",
      "a task that nobody refers to goes on",
      "is collected, with its tasks",
      "an exception that is never retrieved > .*(dropped|the loop is open)$",
      "TurnInLine > nothing holds",
    ]),
    reason:
      "these tests need `gc()`, which a page of Firefox has not: what is dropped there is reported, but when is not tested",
  },
  {
    on: ["Firefox"],
    test: /the stack of a group > (is followed by|begins where|is found when|shows the first fifteen)/,
    reason:
      "the `stack` of an error is lines of code alone, without its message: that of a group does not show its parts",
  },
];

/** @param {readonly string[]} tests */
function alternatives(tests) {
  return new RegExp(tests.join("|"));
}
