import { readFileSync } from "node:fs";
import type { RunnableSample } from "./samples.ts";
import { publicNames } from "./surface.ts";

/** The module of a sample that imports what it needs. */
export function asProgram({ where, code }: RunnableSample): string {
  return `${checking(where)}\n${code.replaceAll('"@asyncio-ts/testing"', testing)}`;
}

/** The module of a sample that stands outside of all loops: every public name is known, and `loop` is some loop. */
export function inScope({ where, code }: RunnableSample): string {
  return `${checking(where)} ${allNames}\nconst loop = newEventLoop();\n{\n${code}\n}\n`;
}

/** The module of a sample that stands in a task: every public name is known, and `loop` is the loop that runs it. */
export function inTask({ where, code }: RunnableSample): string {
  return `${checking(where)} ${allNames}\nawait run(async () => {\nconst loop = getRunningLoop();\n{\n${code}\n}\n});\n`;
}

function checking(where: string): string {
  return `
import { expect } from "vitest";
function __check(line: number, shown: unknown, promised: unknown): void {
  expect(shown, ${JSON.stringify(where)} + ", its line " + line).toEqual(promised);
}`;
}

/** Lies beside the meta-package, which cannot depend on it: found by its path, from the folder of the modules. */
const testing = '"../../../testing/src/index.ts"';

function namesOf(index: string): string[] {
  const text = readFileSync(new URL(index, import.meta.url), "utf8");
  return publicNames(index, text).map(({ name, isType }) => (isType ? `type ${name}` : name));
}

const allNames = `
import { ${namesOf("../src/index.ts").join(", ")} } from "asyncio-ts";
import { ${namesOf("../../testing/src/index.ts").join(", ")} } from ${testing};
import { VirtualHost } from "@asyncio-ts/core/testing";
import { ${namesOf("../../tasks/src/testing/index.ts").join(", ")} } from "@asyncio-ts/tasks/testing";`;

/** How the modules are compiled, to see whether the types are right: as the packages are, but samples leave things unused. */
export const compilerOptions = {
  extends: "../../../../tsconfig.base.json",
  compilerOptions: {
    composite: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    rootDir: "../../../..",
  },
  include: ["*.ts"],
};
