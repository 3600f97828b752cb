import { existsSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { pages, read, sources } from "./documentation.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe.each(["README.md", ...pages])("%s", (page) => {
  const text = read(page);

  test("links to what exists", () => {
    const targets = [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
    expect(targets.filter((target) => !existsSync(root + resolve(page, target)))).toEqual([]);
  });

  test("names tests that exist", () => {
    const named = [...text.replaceAll(/\s+/g, " ").matchAll(/\]\(([^)\s]+\.test\.ts)\),? "([^"]+)"/g)];
    expect(named.filter(([, file = "", title = ""]) => !read(resolve(page, file)).includes(title))).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  test("has a line for each source of the public packages, and for no other", () => {
    const rows = [...read("docs/architecture.md").matchAll(/^\| (`[^|]+`) \|/gm)].map((match) => match[1] ?? "");
    const mapped = rows.flatMap((row) => [...row.matchAll(/`([^`]+\.ts)`/g)].map((match) => `packages/${match[1]}`));
    expect(mapped.sort()).toEqual(
      sources
        .filter((path) => !path.endsWith("/index.ts"))
        .map(withoutSrc)
        .sort(),
    );
  });
});

describe("docs/index.md", () => {
  test("leads to every page", () => {
    const text = read("docs/index.md");
    const others = pages.filter((page) => page !== "docs/index.md");
    expect(others.filter((page) => !text.includes(`](${posix.relative("docs", page)})`))).toEqual([]);
  });
});

/** A link in a page, from the root of the repository. */
function resolve(page: string, target: string): string {
  return posix.join(posix.dirname(page), target);
}

function withoutSrc(path: string): string {
  return path.replace("/src/", "/");
}
