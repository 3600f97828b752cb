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

/** The fields of the statements that do not suspend. */
interface SharedFields {
  log: { text: string };
  raise: { type: string; message: string };
  return: { value: Value };
  spawn: CoroutineSpec;
  cancel: { of: string; message?: string };
  cancel_self: { message?: string };
  uncancel: object;
  cancelling: object;
  future: { as: string };
  set_result: { of: string; value: Value };
  set_exception: { of: string; type: string; message: string };
  state: { of: string };
  on_done: { of: string; label: string };
  soon: { text: string; as?: string };
  later: { after: Seconds; text: string; as?: string };
  drop: { of: string };
  later_set: { after: Seconds; of: string; value: Value };
  later_cancel: { after: Seconds; of: string };
}

/** The fields of the statements that suspend, or that contain others. */
interface SuspendingFields {
  sleep: { for: Seconds; value?: Value };
  await: { of: string };
  call: CoroutineSpec;
  try: { body: Block; except: readonly string[]; handler?: Block; reraise?: boolean; finally?: Block };
  repeat: { times: number; body: Block };
  gather: { of: readonly AwaitableSpec[]; as: string; return_exceptions?: boolean; wait?: boolean };
  wait: { of: readonly AwaitableSpec[]; timeout?: Seconds; until?: ReturnWhen };
  as_completed: { of: readonly AwaitableSpec[]; timeout?: Seconds };
  as_completed_iter: { of: readonly AwaitableSpec[]; timeout?: Seconds };
}

export type SharedOp = keyof SharedFields;
export type SuspendingOp = keyof SuspendingFields;

type Fields = SharedFields & SuspendingFields;

/** The statements that are understood. To add one: its fields above, then what the compiler misses in the interpreters. */
export type Op = keyof Fields;

export type StatementOf<O extends Op> = { readonly op: O } & Readonly<Fields[O]>;

export type Statement = { [O in Op]: StatementOf<O> }[Op];
