import { RuntimeError, show } from "@asyncio-ts/contextvars";
import type { CancelledError, Task } from "@asyncio-ts/tasks";
import type { BlockingHost, Caller } from "./blocking-host.ts";
import type { EventLoop } from "./event-loop.ts";
import { Mailbox } from "./mailbox.ts";
import { canTakeMessages, isOtherEndGone, numberOfThread } from "./node-threads.ts";
import {
  type Contents,
  type Port,
  type Reply,
  type Request,
  ring,
  sharedWord,
  thrownIn,
} from "./threadsafe-protocol.ts";
import { recordOf } from "./thrown-record.ts";

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
  /** @internal Rung after each reply, for a thread that blocks until it is there; `null` where none can. */
  readonly replyBell: Int32Array | null;
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
  const replyBell = canTakeMessages() ? sharedWord() : null;
  const server = new Server(loop, services, port1 as unknown as Port, replyBell);
  if (host === null) server.listen();
  else host.hear(server);
  closeWithThread(server);
  loop.onClose(() => server.close());
  return { port: port2 as never, bell: host?.bell ?? null, replyBell, thread: numberOfThread() };
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
  readonly #mail: Mailbox<Reply, Request>;
  readonly #replyBell: Int32Array | null;
  readonly #running = new Map<number, Task<unknown>>();

  constructor(loop: EventLoop, services: Services, port: Port, replyBell: Int32Array | null) {
    this.#loop = loop;
    this.#services = services;
    this.#port = port;
    this.#mail = new Mailbox(port, (request, contents) => this.#serve(request, contents));
    this.#replyBell = replyBell;
  }

  /**
   * The main thread is not held by its port: other threads hold it, as long as they live. Nothing else would hold a worker
   * that waits to be called; but nobody calls any more once the other end is gone.
   */
  listen(): void {
    this.#mail.listen();
    if (numberOfThread() === 0) this.#port.unref?.();
    this.#port.addEventListener?.("close", () => this.#forget());
  }

  take(): void {
    this.#mail.takeAll();
  }

  isGone(): boolean {
    if (isOtherEndGone(this.#port)) this.#forget();
    return !servers.has(this);
  }

  /** Whoever has asked, heard or not, may sleep until he is answered. */
  close(): void {
    this.#forget();
    this.#running.clear();
    this.#post({ kind: "closed" }, []);
    this.#mail.close();
  }

  /** The other end is gone, or is told now that it is over. */
  #forget(): void {
    if (servers.delete(this) && servers.size === 0) globalThis.process?.removeListener?.("exit", closeAll);
  }

  #serve(request: Request, contents: Contents): void {
    if (this.#loop.isClosed()) return;
    if (request.kind === "cancel") this.#running.get(request.id)?.cancel(thrownIn(contents));
    else if (request.kind === "callSoon") this.#loop.callSoon(() => this.#call(request.name, contents));
    else this.#run(request.id, request.name, contents);
  }

  #call(name: string, args: Contents): unknown {
    if (args instanceof RuntimeError) throw args;
    const service = Object.hasOwn(this.#services, name) ? this.#services[name] : undefined;
    if (typeof service === "function") return service.apply(this.#services, args);
    throw new RuntimeError(`Another thread has called ${show(name)}, which is no function of this handle`);
  }

  #run(id: number, name: string, args: Contents): void {
    const task = this.#createTask(id, () => this.#call(name, args) as PromiseLike<unknown>);
    if (task === null) return;
    this.#running.set(id, task);
    const done = (): void => this.#tellEnd(id, task);
    task.addWaiter({ run: done, runWithoutLoop: done });
  }

  /** The task factory is the owner's: that it fails concerns both sides. */
  #createTask(id: number, work: () => PromiseLike<unknown>): Task<unknown> | null {
    try {
      return this.#loop.createTask(work);
    } catch (exception) {
      this.#post({ kind: "threw", id }, [recordOf(exception)]);
      this.#loop.callExceptionHandler({
        message: "Cannot create the task that another thread has asked for",
        exception,
      });
      return null;
    }
  }

  /** What a task has thrown that nobody waits for any more is reported by its loop. */
  #tellEnd(id: number, task: Task<unknown>): void {
    if (!this.#running.delete(id) || !servers.has(this)) return;
    const failure = task.failure();
    try {
      if (failure === null) this.#post({ kind: "returned", id }, [task.result()]);
      else if (!task.cancelled()) this.#post({ kind: "threw", id }, [recordOf(failure.error)]);
      else this.#post({ kind: "cancelled", id }, [recordOf((failure.error as CancelledError).reason)]);
    } catch (error) {
      // What cannot be cloned cannot go to another thread; that it cannot is what goes there.
      const { message } = error as Error;
      const problem = new RuntimeError(`Cannot send the outcome to another thread: ${message}`);
      this.#post({ kind: "threw", id }, [recordOf(problem)]);
    }
  }

  #post(reply: Reply, contents: readonly unknown[]): void {
    this.#mail.post(reply, contents);
    ring(this.#replyBell);
  }
}
