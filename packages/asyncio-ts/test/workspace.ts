import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Manifest, PackageFile } from "./layers.ts";

const packagesUrl = new URL("../../", import.meta.url);

/** A package of this repository as it is on disk. */
export interface WorkspacePackage {
  readonly manifest: Manifest;
  readonly files: readonly PackageFile[];
}

/** Every package of this repository with all its TypeScript, what is built left out. */
export function readWorkspace(): WorkspacePackage[] {
  return readdirSync(packagesUrl).map((name) => readPackage(new URL(`${name}/`, packagesUrl)));
}

function readPackage(url: URL): WorkspacePackage {
  const manifest = JSON.parse(readFileSync(new URL("package.json", url), "utf8")) as Manifest;
  const files = ["src", "test", "bench", "examples"].flatMap((folder) => typeScriptIn(url, folder));
  return { manifest, files: files.map((path) => ({ path, text: readFileSync(new URL(path, url), "utf8") })) };
}

function typeScriptIn(url: URL, folder: string): string[] {
  try {
    const inside = readdirSync(fileURLToPath(new URL(folder, url)), { recursive: true, encoding: "utf8" });
    return inside.filter((path) => path.endsWith(".ts")).map((path) => `${folder}/${path.replaceAll("\\", "/")}`);
  } catch {
    return []; // no package has all four folders
  }
}
