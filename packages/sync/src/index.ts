export { type Channel, channel, Receiver, Sender } from "./channel.ts";
export type { ChannelEnd } from "./channel-end.ts";
export {
  BrokenChannelError,
  ClosedChannelError,
  EndOfChannelError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
} from "./errors.ts";
export type { ChannelStatistics } from "./exchange.ts";
export type { ItemIterator } from "./item-iterator.ts";
export { LifoQueue } from "./lifo-queue.ts";
export { Lock, type LockStatistics, LockToken } from "./lock.ts";
export { PriorityQueue, type PriorityQueueOptions } from "./priority-queue.ts";
export { Queue, type QueueOptions, type QueueStatistics, type QueueStorage } from "./queue.ts";
export type { Compare } from "./sorted-list.ts";
