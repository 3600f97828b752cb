import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";

/** The URL of an absolute path; `null` for what is none. */
export function urlOfPath(path: string): string | null {
  return isAbsolute(path) ? pathToFileURL(path).href : null;
}
