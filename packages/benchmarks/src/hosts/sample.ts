/** Measures one host, wherever that is: in a process, in a thread, in a page. Asks for nothing that not all of them have. */

import { createTask, type GeneratorBody, sleep } from "asyncio-ts";
import { type Lateness, latenessOf } from "./lateness.ts";

/** What a host costs in nanoseconds, and how late it lets others be. */
export interface HostSample {
  readonly turn: number;
  /** A step of a native body; `null` where promises do not settle while the loop runs. */
  readonly drain: number | null;
  readonly idle: Lateness;
  readonly busy: Lateness;
}

/** Where a host is measured. */
export interface Ground {
  /** Whether native bodies can run there. */
  readonly settlesPromises: boolean;
  /** Run a program to its end on a loop of the host. */
  run(main: () => GeneratorBody<void> | PromiseLike<void>): unknown;
  /** Have another thread say what time it is, every other millisecond. Called on the loop; answers what ends it. */
  startClock(tick: (sent: number) => void): () => unknown;
}

const turns = 300_000;
const steps = 50_000;
const ticks = 500;

/** How many tasks spin while others want to be heard. */
export const spinners = 1_000;

export async function sampleHost(ground: Ground): Promise<HostSample> {
  return {
    turn: await priceOfTurn(ground),
    drain: ground.settlesPromises ? await priceOfStep(ground) : null,
    idle: await lateness(ground, 0),
    busy: await lateness(ground, spinners),
  };
}

/** What one of `count` pauses takes, once the code is compiled. */
async function price(count: number, pause: () => unknown): Promise<number> {
  await pause();
  const begun = performance.now();
  await pause();
  return ((performance.now() - begun) * 1e6) / count;
}

function priceOfTurn(ground: Ground): Promise<number> {
  return price(turns, () =>
    ground.run(function* () {
      for (let i = 0; i < turns; i++) yield* sleep(0);
    }),
  );
}

/** What a step of a native body takes, with the drain after it. */
export function priceOfStep(ground: Pick<Ground, "run">): Promise<number> {
  return price(steps, () =>
    ground.run(async () => {
      for (let i = 0; i < steps; i++) await sleep(0);
    }),
  );
}

/** How late messages of another thread are while so many tasks spin. */
async function lateness({ run, startClock }: Ground, tasks: number): Promise<Lateness> {
  const late: number[] = [];
  await run(function* () {
    const stopClock = startClock((sent) => late.push(time() - sent));
    const isOver = (): boolean => late.length >= ticks;
    const spin = function* (): GeneratorBody<void> {
      while (!isOver()) yield* sleep(0);
    };
    for (let i = 0; i < tasks; i++) createTask(spin);
    while (!isOver()) yield* sleep(0.01);
    stopClock();
  });
  return latenessOf(late.slice(ticks / 10)); // the first ones find code that is not compiled yet
}

/** The time in milliseconds, the same for all threads. Not that of `hrtime()`: on Bun and Deno it begins anew in each. */
export function time(): number {
  return performance.timeOrigin + performance.now();
}
