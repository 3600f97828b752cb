/** A span of time, or a point on a loop's clock, in seconds. */
export type Seconds = number;

/** Something that a host was asked to do later, and can be asked to forget. */
export interface Cancellable {
  cancel(): void;
}

/**
 * All that a loop needs from JavaScript.
 *
 * The loop owns no thread: it runs when its host calls it back, and hands control back when it has nothing to do. A
 * host never calls back synchronously.
 */
export interface Host {
  /** The time in seconds since some fixed point; never runs backwards. */
  now(): Seconds;
  /** Call `callback` once the microtask queue is empty, before any I/O. */
  afterMicrotasks(callback: () => void): void;
  /**
   * Empty the microtask queue before returning, if that can be done here and now.
   *
   * A host that leaves this out, or answers `false`, is asked by `afterMicrotasks` instead: the same order, at a higher
   * price.
   */
  drainMicrotasks?(): boolean;
  /** Call `callback` soon, after I/O that is due has had its turn. */
  afterIo(callback: () => void): void;
  /** Call `callback` at `time` or a little later; any distance is allowed. */
  wakeAt(time: Seconds, callback: () => void): Cancellable;
  /**
   * Call `callback` if it becomes certain that nothing will ever happen again: the process would end, or time stand
   * still. A host that cannot know never calls back.
   */
  whenStuck(callback: () => void): Cancellable;
}
