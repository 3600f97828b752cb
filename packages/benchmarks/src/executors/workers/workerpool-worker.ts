import workerpool from "workerpool";
import * as jobs from "../jobs.js";

workerpool.worker({ ...jobs });
