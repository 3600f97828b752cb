/**
 * Measures a row of the table of executors, in a process of its own: `node pool-sample.js PEER ROW`, where a peer may be
 * `piscina-tuned`. Prints the figure as JSON.
 */

import { spawn } from "node:child_process";
import type { OpenPool } from "../executors/pool.ts";
import { executorRow } from "../executors/rows.ts";
import { runWorkload } from "../executors/workloads.ts";

const [peer = "", name = ""] = process.argv.slice(2);
const { kind, workers, binary = false, rivals = 0, workload } = executorRow(name);
const tuned = peer.endsWith("-tuned");
const { open } = (await import(`../executors/peers/${peer.replace("-tuned", "")}.js`)) as { open: OpenPool };

// Every process would read these certificates when it starts, which takes longer than all else; some pools pass no environment on.
delete process.env.NODE_EXTRA_CA_CERTS;

const competition = Array.from({ length: rivals }, () =>
  spawn(process.execPath, ["-e", "const end = Date.now() + 20_000; while (Date.now() < end);"]),
);
const figure = await runWorkload(workload, () => open({ kind, workers, tuned, binary }));
for (const rival of competition) rival.kill("SIGKILL");
process.stdout.write(JSON.stringify(figure), () => process.exit());
