import type { ReturnWhen, Seconds } from "asyncio-ts";

/** A program, as `generate.py` writes it and `oracle.py` completes it. */
export interface Program {
  readonly name: string;
  /** Every task but `main` takes its first step inside `createTask`. */
  readonly eager?: boolean;
  readonly bodies: Readonly<Record<string, Block>>;
  /** What CPython did: every event, in order. */
  readonly trace: readonly string[];
}

export type Block = readonly Statement[];

/** What a program can hand around. */
export type Value = null | boolean | number | string;

/** A fresh coroutine of a body; its label is the WHO of its trace lines. */
export interface CoroutineSpec {
  readonly body: string;
  readonly as: string;
}

/** The name of a handle, or a fresh coroutine. */
export type AwaitableSpec = string | CoroutineSpec;

/** What the statement `make` can make. */
export type Makeable =
  | "lock"
  | "event"
  | "condition"
  | "semaphore"
  | "bounded_semaphore"
  | "barrier"
  | "queue"
  | "priority_queue"
  | "lifo_queue";

/** A statement about something that bears a name. */
interface Of {
  of: string;
}

interface TaskFields {
  log: { text: string };
  raise: { type: string; message: string };
  return: { value: Value };
  sleep: { for: Seconds; value?: Value };
  spawn: CoroutineSpec;
  await: Of;
  cancel: Of & { message?: string };
  cancel_self: { message?: string };
  uncancel: object;
  cancelling: object;
  future: { as: string };
  set_result: Of & { value: Value };
  set_exception: Of & { type: string; message: string };
  state: Of;
  on_done: Of & { label: string };
  soon: { text: string; as?: string };
  later: { after: Seconds; text: string; as?: string };
  drop: Of;
  later_set: Of & { after: Seconds; value: Value };
  later_cancel: Of & { after: Seconds };
}

interface CombinatorFields {
  gather: { of: readonly AwaitableSpec[]; as: string; return_exceptions?: boolean; wait?: boolean };
  wait: { of: readonly AwaitableSpec[]; timeout?: Seconds; until?: ReturnWhen };
  wait_for: { of: AwaitableSpec; timeout: Seconds | null };
  shield: { of: AwaitableSpec; as?: string };
}

interface GroupFields {
  spawn_in: CoroutineSpec & { group: string };
  reschedule: Of & { after: Seconds | null };
}

interface SyncFields {
  make: { kind: Makeable; as: string; n?: number };
  acquire: Of;
  release: Of;
  locked: Of;
  event_set: Of;
  event_clear: Of;
  event_wait: Of;
  condition_wait: Of;
  notify: Of & { n?: number; all?: boolean };
  barrier_wait: Of;
  barrier_reset: Of;
  barrier_abort: Of;
}

interface QueueFields {
  put: Of & { value: Value };
  put_nowait: Of & { value: Value };
  get: Of;
  get_nowait: Of;
  task_done: Of;
  join: Of;
  shutdown: Of & { immediate?: boolean };
  size: Of;
}

/** Statements that do one thing, or wait for one: every kind of body performs them alike. */
type SharedFields = TaskFields & CombinatorFields & GroupFields & SyncFields & QueueFields;

/** Statements that contain others, or that wait for several things one after another. */
interface CompoundFields {
  call: CoroutineSpec;
  try: { body: Block; except: readonly string[]; handler?: Block; reraise?: boolean; finally?: Block };
  repeat: { times: number; body: Block };
  as_completed: { of: readonly AwaitableSpec[]; timeout?: Seconds };
  as_completed_iter: { of: readonly AwaitableSpec[]; timeout?: Seconds };
  timeout: { after: Seconds | null; as?: string; body: Block };
  task_group: { as: string; body: Block };
  with: Of & { body: Block };
}

export type SharedOp = keyof SharedFields;
export type CompoundOp = keyof CompoundFields;

type Fields = SharedFields & CompoundFields;

/** The statements that are understood. To add one: its fields above, then what the compiler misses elsewhere. */
export type Op = keyof Fields;

export type StatementOf<O extends Op> = { readonly op: O } & Readonly<Fields[O]>;

export type Statement = { [O in Op]: StatementOf<O> }[Op];
