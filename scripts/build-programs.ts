import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Some tests run whole programs, each in a process of its own, where Node reads JavaScript only: build them first.
 *
 * It takes a moment when nothing has changed. Mistakes in types are shown but do not stop the tests; `pnpm check` does.
 */
export function setup(): void {
  const projects = ["packages/asyncio-ts/tsconfig.examples.json", "packages/testing"];
  const { status, error } = spawnSync("tsc", ["--build", ...projects], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32", // tsc is a .cmd file there
  });
  if (error) throw error;
  if (status !== 0) console.warn(`The programs that these tests run do not compile without errors (${projects})`);
}
