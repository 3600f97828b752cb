/** Something that should not be dropped in its present state. */
export interface Watched {
  /** @internal Whether something would be wrong if it were dropped now. */
  isUnsettled(): boolean;
  /** @internal What to report; must not hold the object itself. */
  complaint(): Complaint;
}

/** What to say of an object that is gone. */
export interface Complaint {
  /** Say it, unless the matter was settled meanwhile. */
  report(): void;
}

const nurseryAtMost = 1_000;

/**
 * Reports objects that are dropped in a state in which they should not be.
 *
 * To register an object for finalization costs more than to run a task. Nearly all objects are soon settled: most before
 * the next one is made, and these are forgotten at once; the others are held in a nursery for a moment, and only what is
 * then still unsettled is registered.
 */
export class DropWatch {
  readonly #registry = new FinalizationRegistry<Complaint>((complaint) => complaint.report());
  /** The last one that was added, which may still be under construction. */
  #latest: Watched | null = null;
  #nursery: Watched[] = [];
  #sweepPending = false;

  /** Report the complaint of `object` if it is dropped unsettled. */
  add(object: Watched): void {
    const previous = this.#latest;
    this.#latest = object;
    if (previous?.isUnsettled()) this.#keep(previous);
    if (!this.#sweepPending) this.#sweepLater();
  }

  /** Look through the nursery now. */
  sweep(): void {
    if (this.#latest !== null) this.#nursery.push(this.#latest);
    this.#latest = null;
    this.#sweepNursery();
  }

  #keep(object: Watched): void {
    if (this.#nursery.length === nurseryAtMost) this.#sweepNursery();
    this.#nursery.push(object);
  }

  #sweepNursery(): void {
    const nursery = this.#nursery;
    this.#nursery = [];
    for (const object of nursery) {
      if (object.isUnsettled()) this.#registry.register(object, object.complaint());
    }
  }

  #sweepLater(): void {
    this.#sweepPending = true;
    const timer: { unref?(): void } = setTimeout(() => {
      this.#sweepPending = false;
      this.sweep();
    });
    timer.unref?.();
  }
}
