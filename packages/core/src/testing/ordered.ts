/** Numbered steps, which must be passed in their order. */
export interface Ordered {
  /** Step `number` is being taken; the last one taken was `number - 1`. */
  step(number: number): void;
  /** The last step. */
  finish(number: number): void;
}

/**
 * Draw an interleaving with numbers: each step names its place in the order of all.
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
