/** In place of `node:events` in browsers: tests ask for the listeners that are left on a signal. */
const listeners = new WeakMap<EventTarget, Map<string, Set<unknown>>>();

function listenersOn(target: EventTarget, type: string): Set<unknown> {
  const types = listeners.get(target) ?? new Map<string, Set<unknown>>();
  listeners.set(target, types);
  const found = types.get(type) ?? new Set();
  types.set(type, found);
  return found;
}

const { addEventListener, removeEventListener } = EventTarget.prototype;

EventTarget.prototype.addEventListener = function (this: EventTarget, type, listener, options): void {
  if (this instanceof AbortSignal) listenersOn(this, type).add(listener);
  addEventListener.call(this, type, listener, options);
};

EventTarget.prototype.removeEventListener = function (this: EventTarget, type, listener, options): void {
  if (this instanceof AbortSignal) listenersOn(this, type).delete(listener);
  removeEventListener.call(this, type, listener, options);
};

export function getEventListeners(target: EventTarget, type: string): unknown[] {
  return [...listenersOn(target, type)];
}
