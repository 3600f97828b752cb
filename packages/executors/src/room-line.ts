/** Those who wait until the queue takes another job, first come first served. */
export class RoomLine {
  #line: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#line.push(resolve);
    });
  }

  /** So many places have become free. */
  open(places: number): void {
    if (this.#line.length === 0) return;
    for (const enter of this.#line.splice(0, places)) enter();
  }

  /** The pool is shut or broken: whoever waits will learn that when he submits. */
  openAll(): void {
    this.open(this.#line.length);
  }
}
