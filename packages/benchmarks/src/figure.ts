import { median, spread } from "./statistics.ts";
import { showNumber } from "./table.ts";

/** What was measured in several rounds. */
export interface Figure {
  /** The median of the rounds. */
  readonly value: number;
  /** How far the middle half of the rounds is apart, as a part of the median. */
  readonly spread: number;
}

/** More than this between the rounds, and a figure should not be trusted. */
const noisyAbove = 0.25;

export function figureOf(rounds: readonly number[]): Figure {
  return { value: median(rounds), spread: spread(rounds) };
}

/** `~` marks what differed much from round to round. */
export function showFigure({ value, spread }: Figure): string {
  return `${spread > noisyAbove ? "~" : ""}${showNumber(value)}`;
}
