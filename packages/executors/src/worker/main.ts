/** What every worker runs; a script makes one piece of source text of it. */

import { isMainThread } from "node:worker_threads";
import { startProcessWorker } from "./process-worker.ts";
import { startThreadWorker } from "./thread-worker.ts";

if (isMainThread) startProcessWorker();
else startThreadWorker();
