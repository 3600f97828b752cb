/** What the worker of a watchdog is given. */
export interface WatchData {
  /** How often the watched thread came back to its event loop; and 1 while a debugger may be attached to it, else 0. */
  readonly signs: Int32Array;
  /** How long the thread may stay away, in seconds. */
  readonly seconds: number;
  /** How often to look, in milliseconds. */
  readonly interval: number;
  /** How many looks in vain are too many. */
  readonly looksAtMost: number;
  /** Whether the watched thread is the main one, the only one whose stack can be had. */
  readonly isMainThread: boolean;
  /** An expression that tells, in the watched thread, what is running there. */
  readonly whoRuns: string;
}

/**
 * Looks whether the thread that it watches comes back to its event loop, and prints its stack if not.
 *
 * The program of a worker, as text: what compilers and bundlers make of a function refers to helpers that the worker has
 * not. Looks are counted, not seconds: a machine that was asleep has not blocked anything. What is printed goes straight
 * to standard error: the streams of a worker pass through the thread that is blocked.
 */
export const watchProgram: string = String.raw`
"use strict";
const { writeSync } = require("node:fs");
const { workerData } = require("node:worker_threads");
const { signs, seconds, interval, looksAtMost, isMainThread, whoRuns } = workerData;
const headline = "The event loop has not turned for " + seconds + " s: its thread has not come back to it";
let lastBeat = 0;
let looks = 0;

setInterval(look, interval);

function look() {
  const beat = Atomics.load(signs, 0);
  if (beat !== lastBeat) {
    lastBeat = beat;
    looks = 0;
  } else if (++looks === looksAtMost) report(beat);
}

function report(beat) {
  if (!isMainThread) return print(headline + "; the stack of a worker thread cannot be had");
  if (Atomics.load(signs, 1) !== 0) return print(headline + "; a debugger may have stopped it, and is left alone");
  try {
    pause(beat);
  } catch (error) {
    print(headline + "; its stack cannot be had here: " + error);
  }
}

// Interrupt the main thread as a debugger does; it is let go as soon as its stack is known.
function pause(beat) {
  const { Session } = require("node:inspector");
  const session = new Session();
  const urls = new Map();
  session.connectToMainThread();
  session.on("Debugger.scriptParsed", ({ params }) => urls.set(params.scriptId, params.url));
  const isNative = setTimeout(() => {
    print(headline + "; it is in a call that is no JavaScript, and its stack follows when that returns");
  }, 1000);
  session.once("Debugger.paused", ({ params }) => {
    clearTimeout(isNative);
    askWhoRuns(session, params.callFrames[0], (who) => {
      // It may have come back between the look and the pause.
      if (Atomics.load(signs, 0) === beat) print([headline, ...who, ...params.callFrames.map(describe)].join("\n"));
      session.post("Debugger.resume");
      session.post("Debugger.disable", () => session.disconnect());
    });
  });
  session.post("Debugger.enable");
  session.post("Debugger.pause");

  function describe({ functionName, location, url }) {
    const file = url || urls.get(location.scriptId) || "<anonymous>";
    const place = file + ":" + (location.lineNumber + 1) + ":" + ((location.columnNumber ?? 0) + 1);
    return "    at " + (functionName || "<anonymous>") + " (" + place + ")";
  }
}

function askWhoRuns(session, frame, answer) {
  if (frame === undefined) return answer([]);
  const question = { callFrameId: frame.callFrameId, expression: whoRuns, silent: true, returnByValue: true };
  session.post("Debugger.evaluateOnCallFrame", question, (_, reply) => {
    const who = reply?.result?.value;
    answer(typeof who === "string" ? ["running: " + who] : []);
  });
}

function print(text) {
  try {
    writeSync(2, text + "\n");
  } catch {
    // standard error is closed, or full: nobody reads it
  }
}
`;
