export { asCompleted, type CompletedFutures, type Completions } from "./as-completed.ts";
export type { FutureOf, ResultOf } from "./awaitables.ts";
export { type Gatherable, type Gathered, type GatherOptions, gather } from "./gather.ts";
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  type WaitOptions,
  type WaitResult,
  wait,
} from "./wait.ts";
