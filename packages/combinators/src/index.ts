export { type AsCompletedOptions, asCompleted, type CompletedFutures, type Completions } from "./as-completed.ts";
export type { ConcurrencyLimit, FutureOf, ResultOf } from "./awaitables.ts";
export { type ErrorMatcher, ExceptionGroup, type ThrownClass } from "./exception-group.ts";
export { type FirstSuccessOptions, firstSuccess } from "./first-success.ts";
export { type Gatherable, type Gathered, type GatherOptions, gather } from "./gather.ts";
export { type MapOptions, type MappedResults, map } from "./map.ts";
export { moveOnAfter, moveOnAt } from "./move-on-after.ts";
export { type ShieldOptions, shield } from "./shield.ts";
export { type ShieldedOptions, shielded } from "./shielded.ts";
export { type StaggeredRaceOptions, type StaggeredRaceResult, staggeredRace } from "./staggered-race.ts";
export type { GroupTaskOptions, TaskGroup, TaskGroupStatistics } from "./task-group.ts";
export { type TaskGroupOptions, taskGroup } from "./task-group-body.ts";
export type { Starter } from "./task-group-start.ts";
export { type TimeoutOptions, timeout, timeoutAt } from "./timeout.ts";
export type { Timeout } from "./timeout-scope.ts";
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  type WaitOptions,
  type WaitResult,
  wait,
} from "./wait.ts";
export { waitFor } from "./wait-for.ts";
