/**
 * State that all copies of this package in one thread share.
 *
 * A worker runs a copy of this package that was embedded in its source text, and the modules of its jobs import another
 * one from the disk: what a job does with the second must reach the first. The key says which shape the state has, so a
 * change of shape needs a new key.
 *
 * @param key - Unique in this package.
 * @param create - Makes the state for whoever asks first.
 */
export function perThread<State extends object>(key: string, create: () => State): State {
  const states = globalThis as { [key: symbol]: State | undefined };
  const symbol = Symbol.for(`asyncio-ts.executors.${key}`);
  const existing = states[symbol];
  if (existing !== undefined) return existing;
  const state = create();
  Object.defineProperty(globalThis, symbol, { value: state });
  return state;
}
