import { parseSync, Visitor } from "oxc-parser";

/** A piece of code from the documentation. */
export interface Sample {
  /** The file, from the root of the repository, and the line at which the code begins. */
  readonly where: string;
  readonly code: string;
}

/** A sample as it is run: its checks are calls of `__check(line, shown, promised)`. */
export interface RunnableSample extends Sample {
  /** How many values it checks. */
  readonly checks: number;
  /** What it prints, line by line, as its comments say. */
  readonly printed: readonly string[];
}

/** The programs in a page: each block that is marked as `ts`. */
export function programsIn(path: string, text: string): Sample[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => {
    return { where: `${path}:${lineAt(text, match.index) + 1}`, code: match[1] ?? "" };
  });
}

/** The examples in the doc comments of a source: what follows each `@example`, up to the next tag. */
export function examplesIn(path: string, text: string): Sample[] {
  const { comments } = parseSync(path, text);
  return comments.flatMap(({ type, value, start }) => {
    const lines = value
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^\s*\* ?/, ""));
    const begin = lines.indexOf("@example") + 1;
    if (type !== "Block" || begin === 0) return [];
    const length = lines.slice(begin).findIndex((line) => line.startsWith("@"));
    const code = lines.slice(begin, length < 0 ? undefined : begin + length).join("\n");
    return [{ where: `${path}:${lineAt(text, start) + begin}`, code }];
  });
}

/**
 * Make the comments `// => …` of a sample into checks.
 *
 * After a statement that ends with `console.log(…)` the comment is the text that is printed; after any other expression it
 * is the value, as an expression.
 *
 * @throws {SyntaxError} The sample cannot be parsed, or a comment does not follow an expression.
 */
export function toRunnable({ where, code }: Sample): RunnableSample {
  const { program, comments, errors } = parseSync("sample.ts", code, { sourceType: "module" });
  if (errors.length > 0) throw new SyntaxError(`Cannot read the sample at ${where}: ${errors[0]?.message}`);
  const statements: Statement[] = [];
  new Visitor({ ExpressionStatement: (node) => void statements.push(node) }).visit(program);

  const printed: string[] = [];
  const edits: Edit[] = [];
  for (const comment of comments) {
    const promised = comment.value.match(/^ => (.*)$/)?.[1];
    if (promised === undefined) continue;
    const statement = statements.find(({ end }) => end <= comment.start && isBlank(code.slice(end, comment.start)));
    if (statement === undefined) throw new SyntaxError(`No expression before "// => ${promised}" at ${where}`);
    if (lastLineOf(code.slice(0, comment.start)).includes("console.log(")) printed.push(promised);
    else edits.push(...toCheck(statement, promised, lineAt(code, comment.start)));
  }
  return { where, code: edited(code, edits), checks: edits.length / 2, printed };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Statement extends Span {
  readonly expression: Span;
}

/** `text` takes the place of a span. */
interface Edit extends Span {
  readonly text: string;
}

function toCheck({ start, end, expression }: Statement, promised: string, line: number): Edit[] {
  return [
    { start, end: expression.start, text: `__check(${line}, (` },
    { start: expression.end, end, text: `), (${promised}));` },
  ];
}

function edited(code: string, edits: readonly Edit[]): string {
  const lastFirst = edits.toSorted((a, b) => b.start - a.start);
  return lastFirst.reduce((text, { start, end, text: put }) => text.slice(0, start) + put + text.slice(end), code);
}

function isBlank(text: string): boolean {
  return text.trim() === "";
}

/** Counted from 1. */
function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

function lastLineOf(text: string): string {
  return text.slice(text.lastIndexOf("\n") + 1);
}
