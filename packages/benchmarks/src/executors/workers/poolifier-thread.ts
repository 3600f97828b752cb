import { ThreadWorker } from "poolifier";
import * as jobs from "../jobs.js";

const worker: ThreadWorker<unknown, unknown> = new ThreadWorker<unknown, unknown>({ ...jobs } as never);

// oxlint-disable-next-line import/no-default-export -- poolifier loads it
export default worker;
