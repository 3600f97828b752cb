import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Where a process reads which jobs have to stop, while one of them lets no message through: two 32-bit numbers for each, slot
 * and id. There is no such file before the first.
 */
export class StopFile {
  /** `null` if nobody may know where temporary files are. */
  readonly path: string | null = newPath();
  #file: number | null = null;

  note(slot: number, id: number): void {
    if (this.path === null) return;
    try {
      this.#file ??= openSync(this.path, "ax", 0o600);
      writeSync(this.#file, new Int32Array([slot, id]));
    } catch {
      // Nowhere to write: the job hears of it by a message, once it lets one through.
    }
  }

  remove(): void {
    if (this.#file === null || this.path === null) return;
    closeSync(this.#file);
    this.#file = null;
    try {
      rmSync(this.path, { force: true }); // the process removes it once it has seen it
    } catch {
      // Somebody has made it theirs, or the folder: it stays. What the pool has to do goes on.
    }
  }
}

function newPath(): string | null {
  try {
    return join(tmpdir(), `asyncio-ts-${crypto.randomUUID()}`);
  } catch {
    return null; // Deno asks for a permission
  }
}
