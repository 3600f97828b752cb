import { readFileSync } from "node:fs";
import type { Program } from "./program.ts";

/** A file of programs cannot be used; the message says where and why. */
export class UnusableFileError extends Error {
  override readonly name = "UnusableFileError";
}

/**
 * The programs of a file, one JSON object a line.
 *
 * @throws {UnusableFileError} It cannot be read, a line is not a program, or a program has no trace.
 */
export function readPrograms(path: string): Program[] {
  const programs: Program[] = [];
  for (const [index, line] of read(path).split("\n").entries()) {
    if (line.trim() !== "") programs.push(parse(line, `${path}:${index + 1}`));
  }
  return programs;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UnusableFileError(`Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function parse(line: string, where: string): Program {
  let program: Partial<Program> | null;
  try {
    program = JSON.parse(line);
  } catch (error) {
    throw new UnusableFileError(`${where} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(program?.bodies?.main)) throw new UnusableFileError(`${where} is not a program: no body "main"`);
  if (!Array.isArray(program.trace)) {
    throw new UnusableFileError(
      `${where}: the program "${program.name}" has no trace to compare with; let oracle.py run the file on CPython first`,
    );
  }
  return program as Program;
}
