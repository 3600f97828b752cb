export { Lock, type LockStatistics, LockToken } from "./lock.ts";
