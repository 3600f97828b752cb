/** What a row may cost at most: multiples of its floor, or of another contestant. */
export interface Targets {
  readonly generator?: Limit;
  readonly native?: Limit;
}

export interface Limit {
  readonly times: number;
  /** By default the floor: native promises. */
  readonly of?: "promises" | "effect";
}

/** One line of the table: a workload that every contestant runs in its own way. */
export interface Row {
  readonly title: string;
  /** How many operations one run of the workload makes: the unit of its price. */
  readonly operations: number;
  /** What the workload must answer, so that nothing of it can be optimised away. */
  readonly expected: number;
  readonly targets: Targets;
}

export type RowName =
  | "switch"
  | "spawn"
  | "gather"
  | "gather-eager"
  | "timer"
  | "cancel-sleep"
  | "sleep"
  | "queue"
  | "lock"
  | "timeout"
  | "limit"
  | "map"
  | "await-done"
  | "drain";

interface Switching {
  readonly tasks: number;
  readonly pauses: number;
}

export const switching: Switching = { tasks: 1_000, pauses: 200 };

/** How many items a bounded queue holds. */
export const queueSize = 100;

/** How many tasks stand in line for a lock, and how often each of them. */
export const locking = { tasks: 1_000, times: 100 };

/** How much may run at a time. */
export const atMost = 100;

const hundredThousand = { operations: 100_000, expected: sumBelow(100_000) };

/** The rows of the table, in order; the targets are those of the design. */
export const rows: Readonly<Record<RowName, Row>> = {
  switch: {
    title: "switch: 1,000 tasks, sleep(0) in turn",
    operations: switching.tasks * switching.pauses,
    expected: switching.tasks * switching.pauses,
    targets: { generator: { times: 1.2 }, native: { times: 8 } },
  },
  spawn: {
    title: "spawn a trivial task and await it",
    ...hundredThousand,
    targets: { generator: { times: 12 }, native: { times: 30 } },
  },
  gather: {
    title: "gather 100,000 trivial tasks",
    ...hundredThousand,
    targets: { generator: { times: 3 }, native: { times: 8 } },
  },
  "gather-eager": {
    title: "gather 100,000 trivial eager tasks",
    ...hundredThousand,
    targets: { generator: { times: 1.5, of: "effect" } },
  },
  timer: {
    title: "timer made and cancelled",
    operations: 100_000,
    expected: 0,
    targets: { generator: { times: 0.5 } },
  },
  "cancel-sleep": {
    title: "sleeping task made, cancelled, joined",
    operations: 2_000,
    expected: 2_000,
    targets: { generator: { times: 0.1 }, native: { times: 0.2 } },
  },
  sleep: {
    title: "10,000 tasks sleep 1 ms",
    operations: 10_000,
    expected: 10_000,
    targets: { generator: { times: 2.5 }, native: { times: 5 } },
  },
  queue: {
    title: "queue of 100, 1,000,000 items: put and get",
    operations: 1_000_000,
    expected: sumBelow(1_000_000),
    targets: { generator: { times: 0.8 }, native: { times: 3 } },
  },
  lock: {
    title: "lock, held for a turn and handed over among 1,000 tasks",
    operations: locking.tasks * locking.times,
    expected: locking.tasks * locking.times,
    targets: { generator: { times: 5 }, native: { times: 10 } },
  },
  timeout: {
    title: "a timeout that does not expire",
    ...hundredThousand,
    targets: {},
  },
  limit: {
    title: "gather 100,000 tasks of a turn each, 100 at a time",
    ...hundredThousand,
    targets: {},
  },
  map: {
    title: "map 100,000 items by a turn each, 100 at a time",
    ...hundredThousand,
    targets: {},
  },
  "await-done": {
    title: "await what is done: a thenable, a future",
    ...hundredThousand,
    targets: {},
  },
  drain: {
    title: "one task alone, sleep(0): the price of a turn",
    operations: 20_000,
    expected: 20_000,
    targets: {},
  },
};

/** The workloads of one contestant: each answers what `expected` of its row says. */
export type Workloads = { readonly [Name in RowName]?: () => Promise<number> };

export function isRowName(name: string): name is RowName {
  return Object.hasOwn(rows, name);
}

function sumBelow(n: number): number {
  return (n * (n - 1)) / 2;
}
