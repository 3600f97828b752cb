import { expect, test } from "vitest";
import { type Report, subjectOf } from "./report.ts";

const empty = { prices: new Map(), figures: new Map(), hosts: null, pageTurns: null } as unknown as Report;

test("subjectOf() keeps hosts, page turns and executors out of the file of the rows", () => {
  const pageTurns = {} as Report["pageTurns"];
  expect(subjectOf(empty)).toBe("");
  expect(subjectOf({ ...empty, pageTurns })).toBe("page-turns-");
  expect(subjectOf({ ...empty, hosts: {}, pageTurns })).toBe("hosts-");
  expect(subjectOf({ ...empty, hosts: {}, figures: new Map([["thread-64", {}]]) })).toBe("executors-");
  expect(subjectOf({ ...empty, hosts: {}, prices: new Map([["switch", {}]]) })).toBe("");
});
