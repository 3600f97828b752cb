declare const gc: () => void;

/**
 * Collect garbage until `reported` holds: what is dropped is reported in a macrotask after a collection, and only once
 * the watch that looks after it has had a macrotask to take notice.
 */
export async function collectGarbageUntil(reported: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 50 && !reported(); attempt++) await collectGarbage();
}

/** Collect garbage, and let the finalizers run. */
export async function collectGarbage(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  gc();
  await new Promise((resolve) => setImmediate(resolve));
}
