import type { Debugger, Session } from "node:inspector";

/** What the worker of a watchdog is given. */
export interface WatchData {
  /** Counts up as long as the watched thread comes back to its event loop. */
  readonly beats: SharedArrayBuffer;
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

type Frame = Debugger.CallFrame;

/**
 * Looks whether the thread that it watches comes back to its event loop, and prints its stack if not.
 *
 * It runs in a worker that is made of its text, so it may use nothing but what it is given. What it prints goes straight to
 * standard error: the streams of a worker pass through the thread that is blocked.
 */
export class ThreadWatch {
  readonly #load: NodeJS.Require;
  readonly #data: WatchData;
  readonly #beats: Int32Array;
  #lastBeat = 0;
  #looks = 0;

  constructor(load: NodeJS.Require, data: WatchData) {
    this.#load = load;
    this.#data = data;
    this.#beats = new Int32Array(data.beats);
    setInterval(() => this.#look(), data.interval);
  }

  /** Looks are counted, not seconds: a machine that was asleep has not blocked anything. */
  #look(): void {
    const beat = Atomics.load(this.#beats, 0);
    if (beat !== this.#lastBeat) {
      this.#lastBeat = beat;
      this.#looks = 0;
    } else if (++this.#looks === this.#data.looksAtMost) this.#report(beat);
  }

  #report(beat: number): void {
    const { seconds, isMainThread } = this.#data;
    const headline = `The event loop has not turned for ${seconds} s: its thread has not come back to it`;
    if (!isMainThread) return this.#print(`${headline}; the stack of a worker thread cannot be had`);
    try {
      this.#pause(beat, headline);
    } catch (error) {
      this.#print(`${headline}; its stack cannot be had here: ${String(error)}`);
    }
  }

  /** Interrupt the main thread as a debugger does; it is let go as soon as its stack is known. */
  #pause(beat: number, headline: string): void {
    const { Session } = this.#load("node:inspector") as typeof import("node:inspector");
    const session = new Session();
    const urls = new Map<string, string>();
    session.connectToMainThread();
    session.on("Debugger.scriptParsed", ({ params }) => void urls.set(params.scriptId, params.url));
    const isNative = setTimeout(() => {
      this.#print(`${headline}; it is in a call that is no JavaScript, and its stack follows when that returns`);
    }, 1_000);
    session.once("Debugger.paused", ({ params }) => {
      clearTimeout(isNative);
      const letGo = (runs: unknown): void => {
        // It may have come back between the look and the pause.
        if (Atomics.load(this.#beats, 0) === beat)
          this.#print([headline, ...story(runs, params.callFrames)].join("\n"));
        session.post("Debugger.resume");
        session.post("Debugger.disable", () => session.disconnect());
      };
      this.#askWhoRuns(session, params.callFrames[0], letGo);
    });
    session.post("Debugger.enable");
    session.post("Debugger.pause");

    function story(runs: unknown, frames: readonly Frame[]): string[] {
      const who = typeof runs === "string" ? [`running: ${runs}`] : [];
      return [...who, ...frames.map(describe)];
    }
    function describe({ functionName, location, url }: Frame): string {
      const file = url || urls.get(location.scriptId) || "<anonymous>";
      return `    at ${functionName || "<anonymous>"} (${file}:${location.lineNumber + 1}:${(location.columnNumber ?? 0) + 1})`;
    }
  }

  #askWhoRuns(session: Session, frame: Frame | undefined, answer: (runs: unknown) => void): void {
    if (frame === undefined) return answer(undefined);
    const question = {
      callFrameId: frame.callFrameId,
      expression: this.#data.whoRuns,
      silent: true,
      returnByValue: true,
    };
    session.post("Debugger.evaluateOnCallFrame", question, (_, reply) => {
      answer((reply as Debugger.EvaluateOnCallFrameReturnType | undefined)?.result?.value);
    });
  }

  #print(text: string): void {
    const { writeSync } = this.#load("node:fs") as typeof import("node:fs");
    try {
      writeSync(2, `${text}\n`);
    } catch {
      // standard error is closed, or full: nobody reads it
    }
  }
}
