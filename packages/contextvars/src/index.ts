export { type Carrier, capture, currentFrame, type Frame, followsAwait, runInFrame } from "./ambient.ts";
export { brand, brandedClass, type ErrorClass } from "./brand.ts";
export { type AnyVariable, Context, copyContext, currentContext } from "./context.ts";
export { ContextVar, Token } from "./context-var.ts";
export { LookupError, RuntimeError } from "./errors.ts";
export { onNewVariable, type VariableListener } from "./on-new-variable.ts";
export { show } from "./show.ts";
