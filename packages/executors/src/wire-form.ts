/**
 * What a message is, on the channel between a program and its process: itself, if it consists of primitive values, else bytes.
 *
 * The channel reads what arrives by itself, and what it cannot read is an uncaught exception: objects that are nested too deep,
 * for one. So whatever may be such an object travels as bytes, which it can always read. Twice written takes a third longer,
 * so numbers and texts, which most jobs exchange, travel as they are.
 *
 * @throws {DataCloneError} Something in it cannot be cloned.
 */
export function toWire(message: unknown): object {
  if (Array.isArray(message) && message.every(isPrimitive)) return message;
  return process.getBuiltinModule("node:v8").serialize(message);
}

/** The message that arrived in this form. @throws It cannot be read. */
export function fromWire(received: unknown): unknown {
  return received instanceof Uint8Array ? process.getBuiltinModule("node:v8").deserialize(received) : received;
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== "object" && typeof value !== "function");
}
