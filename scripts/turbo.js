// Runs turbo tasks without telemetry and without the logs of what is cached. With --quiet, as before `pnpm demo`,
// it says nothing at all unless something fails.
import { spawnSync } from "node:child_process";

const args = process.argv.slice(2).filter((arg) => arg !== "--quiet");
const isQuiet = args.length < process.argv.length - 2;

const { status, stdout, stderr, error } = spawnSync("turbo", ["run", ...args, "--output-logs=errors-only"], {
  stdio: isQuiet ? "pipe" : "inherit",
  shell: process.platform === "win32", // turbo is a .cmd file there
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
});
if (error !== undefined) throw error;
if (status !== 0 && isQuiet) process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
process.exit(status ?? 1);
