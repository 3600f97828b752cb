import { readFileSync } from "node:fs";
import type { RunnableSample } from "./samples.ts";
import { publicNames } from "./surface.ts";

/** The module of a sample that imports what it needs. */
export function asProgram({ where, code }: RunnableSample): string {
  return `${checking(where)}\n${code}`;
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

const index = readFileSync(new URL("../src/index.ts", import.meta.url), "utf8");
const names = publicNames("index.ts", index).map(({ name, isType }) => (isType ? `type ${name}` : name));

const allNames = `
import { ${names.join(", ")} } from "asyncio-ts";
import { ordered, VirtualHost } from "@asyncio-ts/core/testing";
import { runVirtual, VirtualLoop } from "@asyncio-ts/tasks/testing";`;

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
