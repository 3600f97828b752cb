import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const packagesUrl = new URL("../packages/", import.meta.url);

/**
 * A package that is published.
 *
 * @typedef {object} PublicPackage
 * @property {string} name
 * @property {string} directory
 * @property {string[]} entries The subpaths of its `exports` that are modules: ".", "./testing".
 * @property {Readonly<Record<string, string>>} declarations Where each of these is declared, below the directory.
 */

/** @returns {PublicPackage[]} */
export function publicPackages() {
  return readdirSync(packagesUrl).flatMap((folder) => {
    const url = new URL(`${folder}/`, packagesUrl);
    const manifest = JSON.parse(readFileSync(new URL("package.json", url), "utf8"));
    if (manifest.private) return [];
    const entries = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith(".json"));
    const declarations = Object.fromEntries(
      entries.map((entry) => [entry, manifest.publishConfig.exports[entry].types]),
    );
    return [{ name: manifest.name, directory: fileURLToPath(url), entries, declarations }];
  });
}
