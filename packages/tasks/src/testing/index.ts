export { type NeverAwaited, takeNeverAwaited } from "../never-awaited.ts";
export {
  awaited,
  collectReports,
  engines,
  engineTests,
  failureOf,
  liveTimers,
  type MakeBody,
  type Script,
  type Stage,
  type TestRunner,
  turnsOf,
} from "./each-engine.ts";
export { runVirtual, VirtualLoop } from "./run-virtual.ts";
