import { RuntimeError, show } from "@asyncio-ts/contextvars";
import type { Seconds } from "@asyncio-ts/core";
import type { GeneratorBody } from "@asyncio-ts/tasks";
import { Mailbox } from "./mailbox.ts";
import { isOtherEndGone, numberOfThread, timeOfThread } from "./node-threads.ts";
import { ThreadsafeFuture } from "./threadsafe-future.ts";
import type { Services, ThreadsafeHandle } from "./threadsafe-handle.ts";
import {
  type Contents,
  longestSleep,
  type Port,
  type Reply,
  type Request,
  ring,
  sleepOn,
  thrownIn,
} from "./threadsafe-protocol.ts";
import { recordOf } from "./thrown-record.ts";

type ArgumentsOf<F> = F extends (...args: infer Args) => unknown ? Args : never;
type ResultOf<F> = F extends (...args: never) => infer R ? (R extends GeneratorBody<infer T> ? T : Awaited<R>) : never;

/** A port has two ends, and so one loop at this one. */
const attached = new WeakMap<object, RemoteLoop>();

/**
 * The loop of another thread, made of the handle that came from there. The same handle always makes the same loop.
 *
 * @throws {TypeError} `handle` is none.
 *
 * @example
 * const loop = newEventLoop();
 * const handle = loop.threadsafeHandle({ add: async (a: number, b: number) => a + b }); // posted to a worker, with its port
 * const remote = attachLoop(handle); // there
 * const future = remote.runCoroutineThreadsafe("add", 1, 2);
 * await loop.runUntilComplete(async () => await future) // => 3
 * loop.close();
 */
export function attachLoop<S extends Services>(handle: ThreadsafeHandle<S>): RemoteLoop<S> {
  if (typeof (handle as Partial<ThreadsafeHandle> | null)?.port?.postMessage !== "function") {
    throw new TypeError(`attachLoop() needs what threadsafeHandle() has made, not ${show(handle)}`);
  }
  const known = attached.get(handle.port);
  if (known !== undefined) return known as RemoteLoop<S>;
  const loop = new RemoteLoop(handle);
  attached.set(handle.port, loop as RemoteLoop);
  return loop;
}

/**
 * The loop of another thread. It can be asked for what its owner has put into the handle, by name.
 *
 * A thread lives on while a future of its is pending. What is sent is cloned, as by `postMessage`.
 *
 * @see {@link https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading}
 */
export class RemoteLoop<S extends Services = Services> {
  readonly #port: Port;
  readonly #mail: Mailbox<Request, Reply>;
  readonly #bell: Int32Array | null;
  readonly #replyBell: Int32Array | null;
  readonly #isOwnThread: boolean;
  readonly #pending = new Map<number, ThreadsafeFuture<unknown>>();
  #calls = 0;
  #closed = false;

  /** @internal */
  constructor({ port, bell, replyBell, thread }: ThreadsafeHandle<S>) {
    this.#port = port as unknown as Port;
    this.#mail = new Mailbox(this.#port, (reply, contents) => this.#settle(reply, contents));
    this.#bell = bell;
    this.#replyBell = replyBell;
    this.#isOwnThread = thread !== null && thread === numberOfThread();
    this.#mail.listen();
    this.#port.addEventListener?.("close", () => this.#close()); // its thread has ended without a word
    this.#port.unref?.();
  }

  /** Whether the loop was closed, as far as this thread has heard. */
  isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Call a function on the loop, in one of its next turns, and wake the loop if it sleeps.
   *
   * What it throws goes to the exception handler of the loop.
   *
   * @throws {RuntimeError} The loop is closed.
   * @throws {DOMException} An argument cannot be cloned.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-eventloop.html#asyncio.loop.call_soon_threadsafe}
   */
  callSoonThreadsafe<Name extends string & keyof S>(name: Name, ...args: ArgumentsOf<S[Name]>): void {
    this.#send({ kind: "callSoon", name }, args);
  }

  /**
   * Run a coroutine function as a task of the loop.
   *
   * ## Cancellation
   * Cancelling the future cancels the task.
   *
   * @throws {RuntimeError} The loop is closed.
   * @throws {DOMException} An argument cannot be cloned.
   *
   * @see {@link https://docs.python.org/3/library/asyncio-task.html#asyncio.run_coroutine_threadsafe}
   */
  runCoroutineThreadsafe<Name extends string & keyof S>(
    name: Name,
    ...args: ArgumentsOf<S[Name]>
  ): ThreadsafeFuture<ResultOf<S[Name]>> {
    const id = ++this.#calls;
    this.#send({ kind: "run", id, name }, args);
    const future: ThreadsafeFuture<ResultOf<S[Name]>> = new ThreadsafeFuture({
      cancel: (reason) => this.#cancel(id, reason),
      running: () => false, // as in Python, it can be cancelled until it is done
      wait: (timeout) => this.#wait(future, timeout),
    });
    if (this.#pending.size === 0) this.#port.ref?.();
    this.#pending.set(id, future as ThreadsafeFuture<unknown>);
    return future;
  }

  #send(request: Request, contents: readonly unknown[]): void {
    if (this.#closed) throw new RuntimeError("Event loop is closed");
    this.#mail.post(request, contents);
    ring(this.#bell);
  }

  #cancel(id: number, reason: unknown): true {
    if (!this.#closed) this.#send({ kind: "cancel", id }, [recordOf(reason)]);
    this.#forget(id);
    return true;
  }

  #wait(future: ThreadsafeFuture<unknown>, timeout: Seconds): boolean {
    this.#mail.takeAll();
    if (future.done()) return true;
    if (this.#isOwnThread) {
      throw new RuntimeError("Cannot block the thread of the loop that is to give the result; await it");
    }
    if (this.#replyBell === null) {
      throw new RuntimeError("A thread cannot block here until a result has come; await it");
    }
    this.#sleep(future, this.#replyBell, timeOfThread() + timeout);
    return future.done();
  }

  /** Until the reply is here, or it is too late. A thread that was terminated could not even say that it ends. */
  #sleep(future: ThreadsafeFuture<unknown>, bell: Int32Array, deadline: Seconds): void {
    while (true) {
      const seen = Atomics.load(bell, 0);
      this.#mail.takeAll();
      const left = deadline - timeOfThread();
      if (future.done() || left <= 0) return;
      const isRung = sleepOn(bell, seen, Math.min(left, longestSleep));
      if (!isRung && isOtherEndGone(this.#port)) return this.#close();
    }
  }

  #settle(reply: Reply, contents: Contents): void {
    if (reply.kind === "closed") return this.#close();
    const future = this.#pending.get(reply.id);
    this.#forget(reply.id);
    if (future === undefined || future.done()) return;
    if (reply.kind === "cancelled") future.setCancelled(thrownIn(contents));
    else if (reply.kind === "threw" || contents instanceof RuntimeError) future.setException(thrownIn(contents));
    else future.setResult(contents[0]);
  }

  #forget(id: number): void {
    if (this.#pending.delete(id) && this.#pending.size === 0) this.#port.unref?.();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const left = [...this.#pending.values()];
    this.#pending.clear();
    this.#mail.close();
    for (const future of left) future.setException(new RuntimeError("Event loop is closed"));
  }
}
