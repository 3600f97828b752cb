/** In place of modules of Node that a browser has nothing like: their tests load there, and fail. */
function isOfNode(): never {
  throw new Error("Only Node has this");
}

export const inspect: unknown = isOfNode;
export const once: unknown = isOfNode;
export const setTimeout: unknown = isOfNode;
export const AsyncLocalStorage: unknown = isOfNode;
export const AsyncResource: unknown = isOfNode;
export const Console: unknown = isOfNode;
export const Writable: unknown = isOfNode;
