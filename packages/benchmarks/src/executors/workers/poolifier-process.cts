// CommonJS: a worker that is a module attaches its listener too late for poolifier's first message, and never gets ready.

const { ClusterWorker } = require("poolifier") as typeof import("poolifier");

const jobs = require("../jobs.js") as typeof import("../jobs.js");

module.exports = new ClusterWorker<unknown, unknown>({ ...jobs } as never);
