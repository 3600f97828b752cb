import { parentPort } from "node:worker_threads";
import * as jobs from "../jobs.js";
import type { JobName } from "../pool.ts";

const table: Readonly<Record<JobName, (argument: never) => unknown>> = { ...jobs };
const answer = ([id, job, argument]: [id: number, job: JobName, argument: never]): unknown => [
  id,
  table[job](argument),
];

if (parentPort !== null) parentPort.on("message", (message) => parentPort?.postMessage(answer(message)));
else process.on("message", (message) => process.send?.(answer(message as never)));
