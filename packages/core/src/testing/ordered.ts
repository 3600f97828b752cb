/** Numbered steps, which must be passed in their order. */
export interface Ordered {
  /**
   * Step `number` is being taken; the last one taken was `number - 1`.
   *
   * @throws {Error} Another step was taken last, or the last of all.
   */
  step(number: number): void;
  /**
   * The last step is being taken.
   *
   * @throws {Error} Another step than `number - 1` was taken last, or the last of all.
   */
  finish(number: number): void;
}

/**
 * Draw an interleaving with numbers: each step names its place in the order of all.
 *
 * A step out of order throws. One that is never taken does not show: assert that the code came to its end.
 *
 * @example
 * const order = ordered();
 * order.step(1);
 * order.finish(2);
 */
export function ordered(): Ordered {
  let last = 0;
  let finished = false;
  const step = (number: number): void => {
    if (finished) throw new Error(`Step ${number} was taken after the last one, ${last}`);
    if (number !== last + 1) throw new Error(`Step ${number} was taken after step ${last}`);
    last = number;
  };
  return {
    step,
    finish(number) {
      step(number);
      finished = true;
    },
  };
}
