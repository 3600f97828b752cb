type SetImmediate = (callback: () => void) => unknown;

const setImmediate = (globalThis as { setImmediate?: SetImmediate }).setImmediate;

/** Call `callback` in a macrotask of its own: all microtasks have run by then. */
export const macrotask: (callback: () => void) => void = setImmediate ?? byMessage();

function byMessage(): (callback: () => void) => void {
  const waiting: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", () => waiting.shift()?.());
  port1.start();
  return (callback) => {
    waiting.push(callback);
    port2.postMessage(null);
  };
}
