export { ProcessPoolExecutor } from "./process-pool-executor.ts";
export { ThreadPoolExecutor } from "./thread-pool-executor.ts";
