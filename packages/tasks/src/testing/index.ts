export { type NeverAwaited, takeNeverAwaited } from "../never-awaited.ts";
export {
  awaited,
  collectReports,
  engineTests,
  failureOf,
  liveTimers,
  type Script,
  type Stage,
  type TestRunner,
  turnsOf,
} from "./each-engine.ts";
export { runVirtual, VirtualLoop } from "./run-virtual.ts";
