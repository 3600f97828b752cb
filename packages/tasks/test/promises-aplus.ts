import suite from "promises-aplus-tests";
import { Future } from "../src/future.ts";
import { VirtualLoop } from "../src/testing/index.ts";

/** A test of the official suite of Promises/A+. */
export interface ConformanceTest {
  readonly title: string;
  /** Ends when the test calls `done`, or returns if it takes none; fails when it throws. */
  run(): Promise<void>;
}

/** Where the futures of a test live, and the timers that it sets. */
export interface Ground {
  /** The loop of the futures. */
  readonly futures: VirtualLoop;
  /** The loop in whose virtual time the test runs. */
  readonly time: VirtualLoop;
}

/** Some futures are made while the tests are read: on a loop that nobody runs. */
let ground = quiet({ futures: new VirtualLoop(), time: new VirtualLoop() });

/** Say where the futures and timers of the next test are to be made. Failed futures that nobody reads are no error. */
export function setGround(next: Ground): void {
  ground = quiet(next);
}

function quiet(somewhere: Ground): Ground {
  for (const loop of [somewhere.futures, somewhere.time]) loop.setExceptionHandler(() => {});
  return somewhere;
}

function deferred(): ReturnType<Parameters<typeof suite.mocha>[0]["deferred"]> {
  const future = new Future<unknown>({ loop: ground.futures });
  return {
    promise: future,
    resolve: (value) => future.done() || future.setResult(value),
    reject: (reason) => future.done() || future.setException(reason),
  };
}

const adapter = {
  deferred,
  resolved(value: unknown): PromiseLike<unknown> {
    const { promise, resolve } = deferred();
    resolve(value);
    return promise;
  },
  rejected(reason: unknown): PromiseLike<unknown> {
    const { promise, reject } = deferred();
    reject(reason);
    return promise;
  },
};

type Hook = () => void;
type Body = (done?: (error?: unknown) => void) => void;

interface Suite {
  readonly title: string;
  readonly before: readonly Hook[];
  readonly after: readonly Hook[];
}

/**
 * The tests of the suite, read by standing in for the functions of mocha that declare them.
 *
 * Mocha itself would run them in real time, with limits that a busy machine misses.
 */
export function conformanceTests(): ConformanceTest[] {
  const tests: ConformanceTest[] = [];
  let suites: readonly Suite[] = [];
  let before: Hook[] = [];
  let after: Hook[] = [];

  const declarations = {
    describe(title: string, declare: () => void): void {
      const outer = { suites, before, after };
      before = [];
      after = [];
      suites = [...suites, { title, before, after }];
      declare();
      ({ suites, before, after } = outer);
    },
    specify(title: string, body: Body): void {
      const around = suites;
      tests.push({
        title: [...around.map((each) => each.title), title].join(" › "),
        run: () => perform(around, body),
      });
    },
    beforeEach: (hook: Hook) => void before.push(hook),
    afterEach: (hook: Hook) => void after.push(hook),
  };

  withGlobals(declarations, () => suite.mocha(adapter));
  return tests;
}

async function perform(suites: readonly Suite[], body: Body): Promise<void> {
  for (const hook of suites.flatMap((each) => each.before)) hook();
  const setTimeout = (callback: () => void, milliseconds = 0): unknown =>
    ground.time.callLater(milliseconds / 1000, callback);
  const realSetTimeout = globalThis.setTimeout;
  Object.assign(globalThis, { setTimeout });
  try {
    await bodyEnds(body);
  } finally {
    Object.assign(globalThis, { setTimeout: realSetTimeout });
    for (const hook of suites.flatMap((each) => each.after)) hook();
  }
}

function bodyEnds(body: Body): Promise<void> {
  return new Promise((resolve, reject) => {
    body((error) => (error === undefined ? resolve() : reject(error)));
    if (body.length === 0) resolve();
  });
}

function withGlobals(values: Record<string, unknown>, act: () => void): void {
  const before = Object.getOwnPropertyDescriptors(globalThis);
  Object.assign(globalThis, values);
  try {
    act();
  } finally {
    for (const name of Object.keys(values)) {
      const descriptor = (before as Record<string, PropertyDescriptor>)[name];
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}
