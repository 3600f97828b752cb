import { expectTypeOf } from "vitest";
import type { ExecutorFuture } from "./executor-future.ts";
import { inline } from "./inline.ts";
import { task } from "./task.ts";
import type { ThreadPoolExecutor } from "./thread-pool-executor.ts";
import { transfer } from "./transfer.ts";
import { workerModule } from "./worker-module.ts";

declare const pool: ThreadPoolExecutor;
declare function resultOf<T>(future: ExecutorFuture<T>): T;

/** What a module of jobs exports. */
interface Module {
  readonly version: string;
  readonly Machine: new () => object;
  identity<T>(value: T): T;
  first<T>(items: readonly T[]): T | undefined;
  fetchPage(url: string, retries?: number): Promise<{ status: number }>;
}

const jobs = workerModule<Module>("file:///jobs.js");

const same = <T>(value: T): T => value;

// -- handles have the types of the module, and only its functions

expectTypeOf<keyof typeof jobs>().toEqualTypeOf<"identity" | "first" | "fetchPage">();
expectTypeOf(jobs.identity).toEqualTypeOf<Module["identity"]>();
// @ts-expect-error not a function
void jobs.version;
// @ts-expect-error cannot be set
jobs.identity = same;

// -- type parameters are kept on the way through submit()

expectTypeOf(resultOf(pool.submit(jobs.identity, "x"))).toEqualTypeOf<string>();
expectTypeOf(resultOf(pool.submit(jobs.first, [1, 2]))).toEqualTypeOf<number | undefined>();
expectTypeOf(resultOf(pool.submit(jobs.fetchPage, "/"))).toEqualTypeOf<{ status: number }>();
expectTypeOf(resultOf(pool.submit(jobs.identity<Date>, new Date()))).toEqualTypeOf<Date>();
// @ts-expect-error a wrong argument
void pool.submit(jobs.fetchPage, 7);
// @ts-expect-error a missing argument
void pool.submit(jobs.fetchPage);
// @ts-expect-error one too many
void pool.submit(jobs.fetchPage, "/", 1, 2);

// -- task(), inline() and transfer() give what they were given

expectTypeOf(task(import.meta, "same", same)).toEqualTypeOf<typeof same>();
expectTypeOf(inline(same)("x")).toEqualTypeOf<string>();
expectTypeOf(resultOf(pool.submit(inline(same), 7n))).toEqualTypeOf<bigint>();
expectTypeOf(transfer(new Uint8Array(1))).toEqualTypeOf(new Uint8Array(1));
// @ts-expect-error nothing to transfer
void transfer(7);
