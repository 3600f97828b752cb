import { type Coroutine, coroutine, Future, type GeneratorBody } from "asyncio-ts";
import { formatTime } from "./format-time.ts";
import type { AwaitableSpec, CoroutineSpec } from "./program.ts";
import { showError } from "./program-errors.ts";
import type { VirtualLoop } from "./virtual-loop.ts";

/** A coroutine of a body that has not begun, as a function of one kind or the other. */
export type Begin =
  | { readonly kind: "native"; readonly run: () => Promise<unknown> }
  | { readonly kind: "generator"; readonly run: () => GeneratorBody<unknown> };

/** Chooses the kind of each coroutine, in the order in which they are made. */
export type MakeBegin = (world: World, spec: CoroutineSpec) => Begin;

/** Whoever performs a statement: a coroutine, known by its label. */
export interface Performer {
  readonly world: World;
  readonly who: string;
}

/** A statement that names something. */
export interface Naming {
  readonly op: string;
  readonly of: string;
}

/** The objects of one run, by name, and its trace. */
export class World {
  readonly loop: VirtualLoop;
  readonly trace: string[] = [];
  readonly #begin: MakeBegin;
  readonly #objects = new Map<string, object>();
  readonly #names = new Map<unknown, string>();
  readonly #coroutines: Coroutine<unknown>[] = [];
  #isStopped = false;
  #knownDifferenceFrom: number | null = null;

  constructor(loop: VirtualLoop, begin: MakeBegin) {
    this.loop = loop;
    this.#begin = begin;
  }

  // -- the trace

  log(who: string, text: string): void {
    if (!this.#isStopped) this.trace.push(`${formatTime(this.loop.time())} ${who} ${text}`);
  }

  end(pending: number): void {
    if (!this.#isStopped) this.trace.push(`end pending=${pending}`);
  }

  /** Whether a statement was met that nothing here understands. */
  get isUnsupported(): boolean {
    return this.#isStopped;
  }

  /** Nothing understands the statement: what follows it proves nothing. */
  stopAtUnsupported(op: string): never {
    this.#isStopped = true;
    this.loop.stop();
    throw new Error(`Nothing understands the statement "${op}"`);
  }

  /** From here on the trace differs on purpose: `docs/differences.md` says why. */
  leaveCPython(): void {
    this.#knownDifferenceFrom ??= this.trace.length;
  }

  /** How many lines of the trace there were when it left CPython's on purpose, if it has. */
  get knownDifferenceFrom(): number | null {
    return this.#knownDifferenceFrom;
  }

  // -- objects and their names

  put(name: string, object: object): void {
    this.#objects.set(name, object);
    this.#names.set(object, name);
  }

  nameOf(object: unknown): string {
    return this.#names.get(object) ?? "?";
  }

  showNames(objects: Iterable<unknown>): string {
    return `[${[...objects]
      .map((each) => this.nameOf(each))
      .sort()
      .join(", ")}]`;
  }

  /** What bears the name; if nothing does, the trace says so. */
  find(by: Performer, s: Naming): object | undefined {
    const found = this.#objects.get(s.of);
    if (found === undefined) this.log(by.who, `${s.op} ${s.of}: missing`);
    return found;
  }

  /** The future that bears the name. */
  findFuture(by: Performer, s: Naming): Future<unknown> | undefined {
    const found = this.find(by, s);
    if (found === undefined || found instanceof Future) return found;
    throw new TypeError(`"${s.of}" is no future, as "${s.op}" needs`);
  }

  /** What the names stand for; names that nothing bears are left out. */
  findAwaitables(by: Performer, op: string, of: readonly AwaitableSpec[]): (Future<unknown> | Coroutine<unknown>)[] {
    const known = of.filter((each) => typeof each !== "string" || this.find(by, { op, of: each }) !== undefined);
    // coroutines are made only once every name was looked up
    return known.map((each) =>
      typeof each === "string" ? (this.#objects.get(each) as Future<unknown>) : this.makeCoroutine(each),
    );
  }

  // -- coroutines

  /** A function that runs the body. */
  begin(spec: CoroutineSpec): Begin {
    return this.#begin(this, spec);
  }

  makeCoroutine(spec: CoroutineSpec): Coroutine<unknown> {
    return this.wrap(this.begin(spec));
  }

  /** As a coroutine, which either kind of body can await. */
  wrap(begin: Begin): Coroutine<unknown> {
    const made = coroutine<[], unknown>(begin.run)();
    this.#coroutines.push(made);
    return made;
  }

  /** Some coroutines never begin, as those of tasks that are cancelled before: that is no mistake of the program. */
  dispose(): void {
    for (const each of this.#coroutines) each.close();
  }

  // -- how a trace shows what it shows

  show(value: unknown): string {
    if (value === null || value === undefined) return "null";
    if (typeof value === "boolean" || typeof value === "string" || Number.isInteger(value)) return String(value);
    if (Array.isArray(value)) return `[${value.map((each) => this.show(each)).join(", ")}]`;
    if (value instanceof Error) return showError(value, (each) => this.show(each));
    return this.nameOf(value);
  }

  state(future: Future<unknown>): string {
    if (!future.done()) return "pending";
    if (future.cancelled()) return "cancelled";
    const error = future.exception();
    return error === null ? `done ${this.show(future.result())}` : `failed ${this.show(error)}`;
  }
}
