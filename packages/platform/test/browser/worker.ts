import { programs } from "./programs.ts";

/** A web worker that runs the program whose name it is told, and tells what it has answered. */
const scope = globalThis as unknown as {
  onmessage: (event: { readonly data: string }) => void;
  postMessage(answer: unknown): void;
};

scope.onmessage = async ({ data }) => scope.postMessage(await programs[data]?.());
