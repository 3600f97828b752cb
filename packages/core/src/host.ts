/** A span of time, or a point on a loop's clock, in seconds. */
export type Seconds = number;

/** Something that a host was asked to do later, and can be asked to forget. */
export interface Cancellable {
  /** Forget it. Once it has happened, or was cancelled before, without effect. */
  cancel(): void;
}

/**
 * All that a loop needs from JavaScript.
 *
 * The loop owns no thread: it runs when its host calls it back, and hands control back when it has nothing to do. A
 * host never calls back synchronously, and calls back once. A loop asks for one thing at a time: `afterMicrotasks`, or
 * `afterIo`, or, when it sleeps, `whenStuck` and at most one `wakeAt`.
 *
 * @example
 * // In a browser, in short; the loop is told neither of background tabs nor that it is stuck.
 * const host: Host = {
 *   now: () => performance.now() / 1000,
 *   afterMicrotasks: (callback) => void setTimeout(callback),
 *   afterIo: (callback) => void setTimeout(callback),
 *   wakeAt(time, callback) {
 *     const timer = setTimeout(callback, Math.min((time - host.now()) * 1000, 2 ** 31 - 1));
 *     return { cancel: () => clearTimeout(timer) };
 *   },
 *   whenStuck: () => ({ cancel() {} }),
 * };
 * const loop = new BaseEventLoop(host);
 * loop.callLater(0.01, () => loop.stop());
 * await loop.runForever();
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
   * price. A microtask cannot empty the queue that it is in, so a host that has this calls a loop back from macrotasks and
   * ticks only.
   */
  drainMicrotasks?(): boolean;
  /** Call `callback` soon, after I/O that is due has had its turn. */
  afterIo(callback: () => void): void;
  /**
   * Call `callback` at `time` or a little later; any distance is allowed, an infinite one never comes.
   *
   * To be called too soon does a loop no harm: it asks again.
   */
  wakeAt(time: Seconds, callback: () => void): Cancellable;
  /**
   * Call `callback` if it becomes certain that nothing will ever happen again: the process would end, or time stand
   * still. A host that cannot know never calls back.
   */
  whenStuck(callback: () => void): Cancellable;
}
