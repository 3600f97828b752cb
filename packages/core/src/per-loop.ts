import type { Scheduler } from "./scheduler.ts";

/**
 * A side table: what one layer remembers about each loop.
 *
 * A layer above the loop keeps its state here instead of on the loop, which knows nothing of the layers. The entry is
 * made when it is first asked for, and lives as long as its loop.
 *
 * @param create - Makes the entry of a loop.
 * @returns A function from a loop to its entry.
 *
 * @example
 * const counters = perLoop(() => ({ calls: 0 }));
 * counters(loop).calls += 1;
 * counters(loop).calls // => 1
 */
export function perLoop<State>(create: (loop: Scheduler) => State): (loop: Scheduler) => State {
  const states = new WeakMap<Scheduler, State>();
  // Nearly every look-up is for the loop of the one before: a comparison in the place of a hash.
  let last: { readonly loop: Scheduler; readonly state: State } | null = null;

  const make = (loop: Scheduler): State => {
    const state = create(loop);
    states.set(loop, state);
    loop.onClose(() => {
      last = null; // else the memory of the last look-up would keep a closed loop alive
    });
    return state;
  };
  return (loop) => {
    if (last === null || last.loop !== loop) last = { loop, state: states.get(loop) ?? make(loop) };
    return last.state;
  };
}
