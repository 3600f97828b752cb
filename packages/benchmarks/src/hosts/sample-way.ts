/** Measures one way in which a page can be asked for a turn, and what it leaves of the page while tasks spin. */

import { createTask, EventLoop, type GeneratorBody, run, sleep } from "asyncio-ts";
import { type Lateness, latenessOf } from "./lateness.ts";
import { startPageClock } from "./page-clock.ts";
import { priceOfStep, spinners, time } from "./sample.ts";
import { newHost, type Way } from "./ways.ts";

/** Of a page, which the types of this repository know nothing of. */
declare const requestAnimationFrame: (callback: (time: number) => void) => void;
declare const document: { onkeydown: ((event: { readonly timeStamp: number }) => void) | null };

type EventName = "message" | "timer" | "frame" | "key";

/** Listen for something that comes to a page: `came` is told how late it is; answers what ends it. */
type Listen = (came: (late: number) => void) => () => void;

const events: Readonly<Record<EventName, Listen>> = {
  /** Of a web worker, as in the table of hosts. */
  message: (came) => startPageClock((sent) => came(time() - sent)),

  timer(came) {
    let due = performance.now() + 10;
    let timer = setTimeout(function fire() {
      came(performance.now() - due);
      due = performance.now() + 10;
      timer = setTimeout(fire, 10);
    }, 10);
    return () => clearTimeout(timer);
  },

  /** How long after the one before it. */
  frame(came) {
    let last: number | null = null;
    let isOver = false;
    requestAnimationFrame(function paint(now) {
      if (isOver) return;
      if (last !== null) came(now - last);
      last = now;
      requestAnimationFrame(paint);
    });
    return () => {
      isOver = true;
    };
  },

  key(came) {
    document.onkeydown = ({ timeStamp }) => came(performance.now() - timeStamp);
    return () => {
      document.onkeydown = null;
    };
  },
};

/** `null` for what has not come at all. */
type Latenesses<Name extends EventName> = { readonly [Each in Name]: Lateness | null };

export interface WaySample {
  /** What a step of a native body takes, in nanoseconds. */
  readonly step: number;
  readonly generators: Latenesses<"message" | "timer" | "frame">;
  readonly natives: Latenesses<"message">;
  /** Steps of a native body in a second beside a script that works too, a millisecond for each message to itself. */
  readonly beside: number;
}

export type KeysSample = Latenesses<"key">;

const seconds = 1.2;

type LoopFactory = () => EventLoop;

function factoryOf(way: Way): LoopFactory {
  return () => new EventLoop(newHost(way));
}

export async function sampleWay(way: Way): Promise<WaySample> {
  const loopFactory = factoryOf(way);
  return {
    step: await priceOfStep({ run: (main) => run<void>(main, { loopFactory }) }),
    generators: await listen(loopFactory, spinGenerator, ["message", "timer", "frame"]),
    natives: await listen(loopFactory, spinNative, ["message"]),
    beside: await countStepsBesideOthers(loopFactory),
  };
}

/** While keys are pressed from outside. Apart from the other events, which Chromium holds back after a key. */
export function sampleKeys(way: Way): Promise<KeysSample> {
  return listen(factoryOf(way), spinGenerator, ["key"]);
}

function* spinGenerator(isOver: () => boolean): GeneratorBody<void> {
  while (!isOver()) yield* sleep(0);
}

async function spinNative(isOver: () => boolean): Promise<void> {
  while (!isOver()) await sleep(0);
}

type Spin = (isOver: () => boolean) => GeneratorBody<void> | Promise<void>;

/** How late events are while tasks spin. */
async function listen<Name extends EventName>(
  loopFactory: LoopFactory,
  spin: Spin,
  names: Name[],
): Promise<Latenesses<Name>> {
  const heard = names.map((name) => ({ name, late: [] as number[] }));
  let isOver = false;
  const main = function* (): GeneratorBody<void> {
    for (let i = 0; i < spinners; i++) createTask(() => spin(() => isOver));
    const endings = heard.map(({ name, late }) => events[name]((ms) => late.push(ms)));
    yield* sleep(seconds);
    isOver = true;
    for (const end of endings) end();
  };
  await run(main, { loopFactory });
  const entries = heard.map(({ name, late }) => [name, late.length > 0 ? latenessOf(late) : null]);
  return Object.fromEntries(entries) as Latenesses<Name>;
}

async function countStepsBesideOthers(loopFactory: LoopFactory): Promise<number> {
  const end = performance.now() + 1_000;
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    if (until < end) port2.postMessage(null);
  });
  port1.start();
  port2.postMessage(null);
  let steps = 0;
  const main = async (): Promise<void> => {
    for (; performance.now() < end; steps++) await sleep(0);
  };
  await run<void>(main, { loopFactory });
  return steps;
}
