import { macrotask } from "../../../packages/core/src/testing/macrotask.ts";

/** Tests wait by `setImmediate`; what they test has looked for it already, and found none. */
Object.assign(globalThis, { setImmediate: macrotask });
