import { builtinModules } from "node:module";
import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";

/**
 * Who may import whom: strictly downward, never sideways.
 *
 * The whole design is listed, also what does not exist yet. `testing`, `conformance` and `benchmarks` are drawn beside
 * the meta-package; the last two stand on it, so they are a level higher here.
 */
const levels: ReadonlyMap<string, number> = new Map([
  ["@asyncio-ts/contextvars", 0],
  ["@asyncio-ts/core", 1],
  ["@asyncio-ts/tasks", 2],
  ["@asyncio-ts/combinators", 3],
  ["@asyncio-ts/sync", 3],
  ["@asyncio-ts/executors", 3],
  ["@asyncio-ts/streams", 3],
  ["@asyncio-ts/introspection", 3],
  ["@asyncio-ts/subprocess", 4],
  ["@asyncio-ts/platform", 5],
  ["asyncio-ts", 6],
  ["@asyncio-ts/testing", 6],
  ["@asyncio-ts/conformance", 7],
  ["@asyncio-ts/benchmarks", 7],
]);

/** Browsers load these: what needs Node in them is chosen by an export condition, never imported by its path. */
const portable: ReadonlySet<string> = new Set([
  "@asyncio-ts/contextvars",
  "@asyncio-ts/core",
  "@asyncio-ts/tasks",
  "@asyncio-ts/combinators",
  "@asyncio-ts/sync",
]);

/** Files that use Node although their names do not say so. Add one here with the reason. */
const nodeFiles: readonly RegExp[] = [
  /^@asyncio-ts\/(conformance|benchmarks) /, // programs for the terminal
  /^@asyncio-ts\/executors /, // there is nothing in it that works without Node's threads and processes
];

/** What the check reads of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A file of a package: its path inside the package, and its text. */
export interface PackageFile {
  readonly path: string;
  readonly text: string;
}

/** Everything in a package that breaks the layers, a line each. */
export function violations(manifest: Manifest, files: readonly PackageFile[]): string[] {
  return [...manifestViolations(manifest), ...files.flatMap((file) => fileViolations(manifest, file))];
}

function manifestViolations(manifest: Manifest): string[] {
  const { name } = manifest;
  if (!levels.has(name)) return [`${name} has no level`];

  const found: string[] = [];
  for (const dependency of Object.keys({ ...runTimeDependencies(manifest), ...manifest.devDependencies })) {
    if (levels.has(dependency) && !isBelow(dependency, name)) {
      found.push(`${name} package.json: ${dependency} is not below`);
    }
  }
  for (const dependency of Object.keys(runTimeDependencies(manifest))) {
    if (!levels.has(dependency) && manifest.private !== true) {
      found.push(`${name} package.json: ${dependency} is a third-party dependency at run time`);
    }
  }
  return found;
}

function fileViolations(manifest: Manifest, file: PackageFile): string[] {
  const { imports, augmentations } = readModule(file);
  const where = `${manifest.name} ${file.path}`;
  return [
    ...imports.flatMap((specifier) => importViolation(manifest, file, specifier) ?? []),
    ...augmentations.map((specifier) => `augments ${specifier}`),
  ].map((problem) => `${where}: ${problem}`);
}

function importViolation(manifest: Manifest, file: PackageFile, specifier: string): string | undefined {
  if (specifier.startsWith("#"))
    return specifier in (manifest.imports ?? {}) ? undefined : `${specifier} is undeclared`;
  if (specifier.startsWith(".")) return relativeViolation(manifest, file, specifier);
  if (isNodeModule(specifier)) return mayUseNode(manifest, file) ? undefined : `${specifier} outside a Node file`;
  return packageViolation(manifest, file, packageOf(specifier));
}

function relativeViolation(manifest: Manifest, file: PackageFile, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(file.path), specifier);
  if (target.startsWith("../")) return `${specifier} leaves the package`;
  if (isShipped(file) && isNodeFile(target) && !isNodeFile(file.path) && portable.has(manifest.name)) {
    return `${specifier} is for Node only; choose it by an export condition`;
  }
  return undefined;
}

function packageViolation(manifest: Manifest, file: PackageFile, imported: string): string | undefined {
  const { name } = manifest;
  if (imported === name) return isShipped(file) ? "imports itself by name" : undefined;
  if (levels.has(imported) && !isBelow(imported, name)) return `${imported} is not below`;
  if (imported in runTimeDependencies(manifest)) return undefined;
  if (isShipped(file)) return `${imported} is undeclared`;
  const isDeclared = imported === "vitest" || imported in (manifest.devDependencies ?? {});
  return isDeclared ? undefined : `${imported} is undeclared`;
}

function isBelow(lower: string, upper: string): boolean {
  return (levels.get(lower) ?? Number.POSITIVE_INFINITY) < (levels.get(upper) ?? Number.NEGATIVE_INFINITY);
}

function runTimeDependencies(manifest: Manifest): Readonly<Record<string, string>> {
  return { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
}

function isShipped({ path }: PackageFile): boolean {
  return path.startsWith("src/") && !/\.test(-d)?\.ts$/.test(path);
}

function mayUseNode(manifest: Manifest, file: PackageFile): boolean {
  if (!isShipped(file) || isNodeFile(file.path)) return true;
  return nodeFiles.some((allowed) => allowed.test(`${manifest.name} ${file.path}`));
}

function isNodeFile(path: string): boolean {
  const name = posix.basename(path);
  return name.endsWith(".node.ts") || name.startsWith("node-");
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") || builtinModules.includes(specifier);
}

/** `@scope/name/sub/path` is of the package `@scope/name`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function isOurs(specifier: string): boolean {
  return specifier.startsWith(".") || /^(@asyncio-ts\/|asyncio-ts$)/.test(specifier);
}

interface ModuleFacts {
  /** Whatever a file names to import: static, dynamic, for types only, to re-export, or through Node's own doors. */
  readonly imports: readonly string[];
  readonly augmentations: readonly string[];
}

function readModule({ path, text }: PackageFile): ModuleFacts {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new SyntaxError(`Cannot read ${path}: ${errors[0]?.message}`);

  const imports: string[] = [];
  const augmentations: string[] = [];
  const take = (node: unknown): void => {
    const specifier = literal(node);
    if (specifier !== undefined) imports.push(specifier);
  };
  new Visitor({
    ImportDeclaration: (node) => take(node.source),
    ExportAllDeclaration: (node) => take(node.source),
    ExportNamedDeclaration: (node) => take(node.source),
    ImportExpression: (node) => take(node.source),
    TSImportType: (node) => take(node.source),
    TSExternalModuleReference: (node) => take(node.expression),
    CallExpression: (node) => {
      if (loaders.test(text.slice(node.callee.start, node.callee.end))) take(node.arguments[0]);
    },
    TSModuleDeclaration: (node) => {
      const specifier = literal(node.id);
      // A `.d.ts` may describe a package of others that has no types; ours describe themselves.
      if (specifier !== undefined && isOurs(specifier)) augmentations.push(specifier);
    },
  }).visit(program);
  return { imports, augmentations };
}

const loaders = /^(require|require\.resolve|import\.meta\.resolve|process\.getBuiltinModule)$/;

function literal(node: unknown): string | undefined {
  const { type, value } = (node ?? {}) as { type?: string; value?: unknown };
  return type === "Literal" && typeof value === "string" ? value : undefined;
}
