import { nodeChild } from "../child.ts";
import { type Figure, figureOf } from "../figure.ts";
import { takeTurns } from "../take-turns.ts";
import type { HostAnswer } from "./answer.ts";
import type { Lateness } from "./lateness.ts";
import { findBrowser } from "./page.ts";
import type { KeysSample, WaySample } from "./sample-way.ts";
import { type Way, ways } from "./ways.ts";

/** What a way to ask for a turn costs, in nanoseconds, and how late events are, in milliseconds; `null`: none came. */
export interface WayFigures {
  readonly step: Figure;
  readonly messageMedian: Figure | null;
  readonly messageP99: Figure | null;
  readonly timer: Figure | null;
  readonly frame: Figure | null;
  readonly key: Figure | null;
  readonly nativeMessage: Figure | null;
  /** Steps in a second that a native body has beside a script that works too. */
  readonly beside: Figure;
}

export interface PageTurns {
  readonly browser: string;
  readonly ways: Readonly<Record<Way, WayFigures>>;
}

/** Compare the ways in which a page of Chromium can be asked for a turn; `null` if this machine has no Chromium. */
export async function measurePageTurns(rounds: number): Promise<PageTurns | null> {
  if (findBrowser("chromium") === null) {
    console.error("skipped, for this machine has no Chromium");
    return null;
  }
  const children = ways.map((way) => nodeChild("page-turns", way));
  const answers = [...(await takeTurns<HostAnswer<WaySample & KeysSample>>(children, rounds)).values()];
  const figures = ways.map((way, i) => [way, figuresOf((answers[i] ?? []).map(({ sample }) => sample))]);
  return { browser: `Chromium ${answers[0]?.[0]?.version}`, ways: Object.fromEntries(figures) as PageTurns["ways"] };
}

function figuresOf(samples: readonly (WaySample & KeysSample)[]): WayFigures {
  const figure = (part: keyof Lateness, read: (sample: WaySample & KeysSample) => Lateness | null): Figure | null => {
    const rounds = samples.flatMap((sample) => read(sample)?.[part] ?? []);
    return rounds.length > 0 ? figureOf(rounds) : null;
  };
  return {
    step: figureOf(samples.map(({ step }) => step)),
    messageMedian: figure("median", ({ generators }) => generators.message),
    messageP99: figure("p99", ({ generators }) => generators.message),
    timer: figure("p99", ({ generators }) => generators.timer),
    frame: figure("p99", ({ generators }) => generators.frame),
    key: figure("p99", ({ key }) => key),
    nativeMessage: figure("p99", ({ natives }) => natives.message),
    beside: figureOf(samples.map(({ beside }) => beside)),
  };
}
