/**
 * Node empties its microtask queue after every callback of its own, by a function that it leaves on `process`.
 *
 * It is the same function in every release since 0.x, deprecated in the documentation only (DEP0134), because it was never
 * documented. Calling it from inside a callback of ours halves the price of an `await` in native code; where it is
 * missing, the loop waits for a tick instead and the order of all things is the same. Bun has one that does nothing.
 */
const tickCallback = findTickCallback();

function findTickCallback(): (() => void) | undefined {
  const { process } = globalThis as { process?: { versions?: { bun?: string }; _tickCallback?: () => void } };
  return process?.versions?.bun === undefined ? process?._tickCallback : undefined;
}

/**
 * Run all microtasks, and those that they queue.
 *
 * @returns `false` if that is not possible here.
 */
export function runMicrotasks(): boolean {
  if (tickCallback === undefined) return false;
  while (!ranAll(tickCallback));
  return true;
}

function ranAll(run: () => void): boolean {
  try {
    run.call(process);
    return true;
  } catch (error) {
    // A tick of somebody else has thrown, and is uncaught, as it would have been without us. It must be a microtask that
    // says so: Node then clears its stack of asynchronous contexts, which the tick has left as it was. It ends the process
    // for a stack that does not add up, whoever handles the exception.
    queueMicrotask(() => {
      throw error;
    });
    return false;
  }
}
