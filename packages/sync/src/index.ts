export { Barrier, type BarrierState, type BarrierStatistics } from "./barrier.ts";
export { type Channel, channel, Receiver, Sender } from "./channel.ts";
export type { ChannelEnd } from "./channel-end.ts";
export { Condition, type ConditionStatistics } from "./condition.ts";
export {
  BrokenBarrierError,
  BrokenChannelError,
  ClosedChannelError,
  EndOfChannelError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
} from "./errors.ts";
export { Event, type EventStatistics } from "./event.ts";
export type { ChannelStatistics } from "./exchange.ts";
export type { ItemIterator } from "./item-iterator.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { Lock, type LockStatistics, LockToken } from "./lock.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.ts";
export { Queue, type QueueOptions, type QueueStatistics, type QueueStorage } from "./queue.ts";
export { BoundedSemaphore, Semaphore, type SemaphoreStatistics, SemaphoreToken } from "./semaphore.ts";
export type { Compare } from "./sorted-list.ts";
