import type { Timer, TimerHolder } from "@asyncio-ts/core";

/** A timer as libraries make them: no handle, and no text of its own. */
export class Alarm implements Timer {
  heldBy: TimerHolder | null = null;
  when(): number {
    return 60;
  }
  isDropped(): boolean {
    return false;
  }
  run(): void {}
}
