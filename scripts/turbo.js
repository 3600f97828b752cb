// Runs turbo tasks without its banner of cached logs and without its telemetry:
// nobody who tries the demo should have to opt out of anything.
import { spawnSync } from "node:child_process";

const { status } = spawnSync("turbo", ["run", ...process.argv.slice(2), "--output-logs=errors-only"], {
  stdio: "inherit",
  shell: process.platform === "win32", // turbo is a .cmd file there
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
});
process.exit(status ?? 1);
