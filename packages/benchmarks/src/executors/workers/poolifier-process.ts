import { ClusterWorker } from "poolifier";
import * as jobs from "../jobs.js";

const worker: ClusterWorker<unknown, unknown> = new ClusterWorker<unknown, unknown>({ ...jobs } as never);

export default worker;
