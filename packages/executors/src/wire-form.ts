/** Arrays and objects that are longer are not looked through: to write them twice costs less. */
const widthLimit = 32;

/** How deep what travels as it is may be nested: an argument that is an array of objects, say. */
const depthLimit = 3;

/**
 * What a message is, on the channel between a program and its process: itself, if it is small and flat, else bytes.
 *
 * The channel reads what arrives by itself, and what it cannot read is an uncaught exception: objects that are nested too deep,
 * for one. So whatever may be such an object travels as bytes, which it can always read. To write it twice takes a third
 * longer, so what most jobs exchange travels as it is.
 *
 * @throws {DataCloneError} Something in it cannot be cloned.
 */
export function toWire(message: unknown): object {
  const parts = Array.isArray(message) ? message : Object.values(message as object);
  if (parts.every((part) => isFlat(part, depthLimit))) return message as object;
  return process.getBuiltinModule("node:v8").serialize(message);
}

/** The message that arrived in this form. @throws It cannot be read. */
export function fromWire(received: unknown): unknown {
  return received instanceof Uint8Array ? process.getBuiltinModule("node:v8").deserialize(received) : received;
}

/** Whether `value` consists of plain objects, arrays and primitive values, and of few. */
function isFlat(value: unknown, depth: number): boolean {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return true;
  if (depth === 0 || typeof value === "function") return false;
  if (Array.isArray(value)) return value.length <= widthLimit && value.every((each) => isFlat(each, depth - 1));
  return isPlain(value) && Object.keys(value).length <= widthLimit && isFlat(Object.values(value), depth);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
