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
 */

/** @returns {PublicPackage[]} */
export function publicPackages() {
  return readdirSync(packagesUrl).flatMap((folder) => {
    const url = new URL(`${folder}/`, packagesUrl);
    const manifest = JSON.parse(readFileSync(new URL("package.json", url), "utf8"));
    if (manifest.private) return [];
    const entries = Object.keys(manifest.exports).filter((subpath) => !subpath.endsWith(".json"));
    return [{ name: manifest.name, directory: fileURLToPath(url), entries }];
  });
}
