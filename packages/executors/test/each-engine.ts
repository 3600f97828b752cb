import { engineTests } from "@asyncio-ts/tasks/testing";
import { describe, test } from "vitest";

/** Test a behaviour in each kind of body. */
export const eachEngine = engineTests({ describe, test });
