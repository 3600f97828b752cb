import { RuntimeError, show } from "@asyncio-ts/contextvars";
import type { CancelledError, Task } from "@asyncio-ts/tasks";
import type { BlockingHost, Caller } from "./blocking-host.ts";
import type { EventLoop } from "./event-loop.ts";
import { isOtherEndGone, numberOfThread, takeMessage } from "./node-threads.ts";
import { type Port, type Reply, type Request, ring } from "./threadsafe-protocol.ts";
import { recordOf, thrownOf } from "./thrown-record.ts";

/** The functions of a loop's thread that other threads may call by their names: any object, also a module. */
export type Services = Readonly<Record<string, unknown>>;

/**
 * A loop as another thread gets it: to be posted there, with `handle.port` in the list of what is transferred.
 *
 * Each handle serves one thread. `attachLoop` makes a loop of it that can be called. A worker thread that has given one
 * away lives on until its loop is closed, or until the other thread has ended.
 */
export interface ThreadsafeHandle<S extends Services = Services> {
  readonly port: InstanceType<typeof MessagePort>;
  /** @internal Rung after each message, for a loop that sleeps without looking at its port; `null` for any other. */
  readonly bell: Int32Array | null;
  /** @internal */
  readonly thread: number | null;
  /** Says what can be called; there is nothing at run time. */
  readonly services?: S;
}

/** Serve what another thread asks of `loop`, until the loop is closed. */
export function openHandle<S extends Services>(
  loop: EventLoop,
  services: S,
  host: BlockingHost | null,
): ThreadsafeHandle<S> {
  if (typeof services !== "object" || services === null) {
    throw new TypeError(`threadsafeHandle() needs an object with functions, not ${show(services)}`);
  }
  if (loop.isClosed()) throw new RuntimeError("Event loop is closed");
  const { port1, port2 } = new MessageChannel();
  const server = new Server(loop, services, port1 as unknown as Port);
  if (host === null) server.listen();
  else host.hear(server);
  closeWithThread(server);
  loop.onClose(() => server.close());
  return { port: port2 as never, bell: host?.bell ?? null, thread: numberOfThread() };
}

/** Those that are open. They share one listener. */
const servers = new Set<Server>();

/** A thread that ends before its loop was closed tells so all who may sleep until it answers. */
function closeWithThread(server: Server): void {
  if (servers.size === 0) globalThis.process?.on?.("exit", closeAll);
  servers.add(server);
}

function closeAll(): void {
  for (const server of servers) server.close();
}

class Server implements Caller {
  readonly #loop: EventLoop;
  readonly #services: Services;
  readonly #port: Port;
  readonly #running = new Map<number, Running>();

  constructor(loop: EventLoop, services: Services, port: Port) {
    this.#loop = loop;
    this.#services = services;
    this.#port = port;
  }

  /**
   * The main thread is not held by its port: other threads hold it, as long as they live. Nothing else would hold a worker
   * that waits to be called; but nobody calls any more once the other end is gone.
   */
  listen(): void {
    this.#port.onmessage = ({ data }) => this.#serve(data as Request);
    if (numberOfThread() === 0) this.#port.unref?.();
    this.#port.addEventListener?.("close", () => this.#forget());
  }

  take(): void {
    for (let next = takeMessage(this.#port); next !== undefined; next = takeMessage(this.#port)) {
      this.#serve(next.message as Request);
    }
  }

  isGone(): boolean {
    if (isOtherEndGone(this.#port)) this.#forget();
    return !servers.has(this);
  }

  close(): void {
    if (!this.#forget()) return;
    this.#reply({ kind: "closed" });
    for (const { word } of this.#running.values()) ring(word);
    this.#running.clear();
    this.#wakeUnserved();
    this.#port.close();
  }

  /** The other end is gone, or will be told; false if that is known already. What Node does with a closed port may crash. */
  #forget(): boolean {
    if (!servers.delete(this)) return false;
    if (servers.size === 0) globalThis.process?.removeListener?.("exit", closeAll);
    return true;
  }

  /** Whoever has asked already, and has not been heard, may sleep until he is answered. */
  #wakeUnserved(): void {
    for (let next = takeMessage(this.#port); next !== undefined; next = takeMessage(this.#port)) {
      const request = next.message as Request;
      if (request.kind === "run") ring(request.word);
    }
  }

  #serve(request: Request): void {
    if (this.#loop.isClosed()) return;
    if (request.kind === "cancel") this.#running.get(request.id)?.task.cancel(thrownOf(request.reason));
    else if (request.kind === "callSoon") this.#loop.callSoon(() => this.#call(request));
    else this.#run(request);
  }

  #call({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): unknown {
    const service = Object.hasOwn(this.#services, name) ? this.#services[name] : undefined;
    if (typeof service === "function") return service.apply(this.#services, args);
    throw new RuntimeError(`Another thread has called ${show(name)}, which is no function of this handle`);
  }

  #run(request: Extract<Request, { kind: "run" }>): void {
    const { id, word } = request;
    const task = this.#createTask(request);
    if (task === null) return;
    const running = { task, word };
    this.#running.set(id, running);
    const done = (): void => this.#tellEnd(id, running);
    task.addWaiter({ run: done, runWithoutLoop: done });
  }

  /** The task factory is the owner's: that it fails concerns both sides. */
  #createTask(request: Extract<Request, { kind: "run" }>): Task<unknown> | null {
    try {
      return this.#loop.createTask(() => this.#call(request) as PromiseLike<unknown>);
    } catch (exception) {
      this.#reply({ id: request.id, kind: "threw", error: recordOf(exception) });
      ring(request.word);
      this.#loop.callExceptionHandler({
        message: "Cannot create the task that another thread has asked for",
        exception,
      });
      return null;
    }
  }

  #tellEnd(id: number, { task, word }: Running): void {
    if (!this.#running.delete(id)) return;
    try {
      this.#reply(replyOf(id, task));
    } catch (error) {
      // What cannot be cloned cannot go to another thread; that it cannot is what goes there.
      const { message } = error as Error;
      this.#reply({
        id,
        kind: "threw",
        error: recordOf(new RuntimeError(`Cannot send the outcome to another thread: ${message}`)),
      });
    }
    ring(word);
  }

  #reply(reply: Reply): void {
    if (reply.kind !== "closed" && !servers.has(this)) return;
    this.#port.postMessage(reply);
  }
}

interface Running {
  readonly task: Task<unknown>;
  readonly word: Int32Array | null;
}

function replyOf(id: number, task: Task<unknown>): Reply {
  const failure = task.failure();
  if (failure === null) return { id, kind: "returned", value: task.result() };
  if (!task.cancelled()) return { id, kind: "threw", error: recordOf(failure.error) };
  return { id, kind: "cancelled", reason: recordOf((failure.error as CancelledError).reason) };
}
