/** Those who wait until they are let in, first come first served: until the queue has room, or until the pool has ended. */
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

  /** Let everybody in. */
  openAll(): void {
    this.open(this.#line.length);
  }
}
