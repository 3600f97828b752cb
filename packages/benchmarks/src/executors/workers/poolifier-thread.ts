import { ThreadWorker } from "poolifier";
import * as jobs from "../jobs.js";

const worker: ThreadWorker<unknown, unknown> = new ThreadWorker<unknown, unknown>({ ...jobs } as never);

export default worker;
