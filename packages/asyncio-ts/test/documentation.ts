import { readdirSync, readFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const packages = ["contextvars", "core", "tasks", "combinators", "sync", "executors", "platform", "testing"];

/** The pages of the documentation, from the root of the repository. */
export const pages: readonly string[] = filesIn("docs", /\.md$/);

/** The sources of the public packages, without their tests. */
export const sources: readonly string[] = packages.flatMap((name) => {
  return filesIn(`packages/${name}/src`, /(?<!\.test|\.test-d)\.ts$/);
});

/** The text of a file, named from the root of the repository. */
export function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

function filesIn(folder: string, wanted: RegExp): string[] {
  const inside = readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" });
  return inside
    .filter((path) => wanted.test(path))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .sort();
}
