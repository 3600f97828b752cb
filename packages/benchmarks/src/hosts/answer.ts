import type { HostSample } from "./sample.ts";

/** What a process prints that has measured something. */
export interface HostAnswer<Sample = HostSample> {
  /** Of the runtime or the browser. */
  readonly version: string;
  readonly sample: Sample;
}
