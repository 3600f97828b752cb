// CommonJS: a worker that is a module attaches its listener too late for poolifier's first message, and never gets ready.

import type { JobName } from "../pool.ts";

const { ClusterWorker } = require("poolifier") as typeof import("poolifier");

const loaded = import("../jobs.js");
const names: readonly JobName[] = ["increment", "fibonacci", "busy", "sizeOf", "startTicking", "worstLateness"];

const runs = names.map((name) => [name, async (argument: unknown) => (await loaded)[name](argument as never)] as const);

module.exports = new ClusterWorker<unknown, unknown>(Object.fromEntries(runs) as never);
