import { parseSync } from "oxc-parser";

/** A line of an index.ts: which name it passes on, and from where. */
export interface PublicName {
  readonly name: string;
  readonly from: string;
  readonly isType: boolean;
}

/**
 * What an index.ts exports. It may only re-export, and by name, so that its text is its table of contents.
 *
 * @throws {SyntaxError} It has a star export, or code of its own.
 */
export function publicNames(path: string, text: string): PublicName[] {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(`Cannot read ${path}: ${errors[0]?.message}`);

  const own = program.body.find((node) => node.type !== "ExportNamedDeclaration" || node.declaration !== null);
  if (own !== undefined) throw new SyntaxError(`${path} does more than re-export by name: ${own.type}`);

  return module.staticExports
    .flatMap(({ entries }) => entries)
    .map(({ exportName, moduleRequest, isType }) => ({
      name: exportName.name ?? "default",
      from: moduleRequest?.value ?? path,
      isType,
    }));
}

/** A package's public names, as its users import them. */
export interface PublicPackage {
  readonly name: string;
  readonly names: readonly PublicName[];
}

/** What the index.ts of the meta-package is to contain: every public name of every package, from its owner, once. */
export function expectedSurface(packages: readonly PublicPackage[], winners: ReadonlyMap<string, string>): string[] {
  const lines = packages.flatMap(({ name: from, names }) =>
    names.filter(({ name }) => (winners.get(name) ?? from) === from).map((each) => describeName({ ...each, from })),
  );
  return lines.sort();
}

export function describeName({ name, from, isType }: PublicName): string {
  return `${isType ? "type " : ""}${name} from ${from}`;
}
