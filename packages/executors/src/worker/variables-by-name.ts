import type { AnyVariable } from "@asyncio-ts/contextvars";

/** Fewer than this are not worth a sweep. */
const smallest = 64;

/**
 * Context variables by their names, held weakly: several may have the same.
 *
 * What is left of those that are gone is swept whenever the number has doubled, so it never is more than half, but for a few.
 */
export class VariablesByName {
  readonly #byName = new Map<string, WeakRef<AnyVariable>[]>();
  #size = 0;
  #sweepAt = smallest;

  /** How many it holds, with those that are gone and were not swept yet. */
  get size(): number {
    return this.#size;
  }

  add(variable: AnyVariable): void {
    const namesakes = this.#byName.get(variable.name);
    if (namesakes === undefined) this.#byName.set(variable.name, [new WeakRef(variable)]);
    else namesakes.push(new WeakRef(variable));
    this.#size++;
    if (this.#size >= this.#sweepAt) this.#sweep();
  }

  /** All variables that have this name. */
  get(name: string): AnyVariable[] {
    return (this.#byName.get(name) ?? []).flatMap((reference) => reference.deref() ?? []);
  }

  #sweep(): void {
    this.#size = 0;
    for (const [name, references] of this.#byName) {
      const alive = references.filter((reference) => reference.deref() !== undefined);
      if (alive.length === 0) this.#byName.delete(name);
      else this.#byName.set(name, alive);
      this.#size += alive.length;
    }
    this.#sweepAt = Math.max(smallest, 2 * this.#size);
  }
}
