import { describe, test } from "vitest";
import { engineTests } from "../src/testing/index.ts";

/** Test a behaviour in each kind of body. */
export const eachEngine = engineTests({ describe, test });
