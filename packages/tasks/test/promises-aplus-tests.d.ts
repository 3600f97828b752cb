declare module "promises-aplus-tests" {
  interface Deferred {
    readonly promise: PromiseLike<unknown>;
    resolve(value: unknown): void;
    reject(reason: unknown): void;
  }

  interface Adapter {
    resolved(value: unknown): PromiseLike<unknown>;
    rejected(reason: unknown): PromiseLike<unknown>;
    deferred(): Deferred;
  }

  const suite: {
    /** Declare the tests through the global functions of mocha. */
    mocha(adapter: Adapter): void;
  };
  export default suite;
}
