/** Measures one way to ask a page of Chromium for a turn: `page-turns.js WAY`. Prints a `HostAnswer`. */

import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright";
import { withPage } from "../hosts/page.ts";
import type { KeysSample, WaySample } from "../hosts/sample-way.ts";

const [way = "message"] = process.argv.slice(2);

const answer = await withPage("chromium", async (page) => ({
  ...(await page.evaluate<WaySample>(`bundle.sampleWay("${way}")`)),
  ...(await pressKeys(page, page.evaluate<KeysSample>(`bundle.sampleKeys("${way}")`))),
}));
console.log(JSON.stringify(answer));

/** Press a key now and then until `result` is there. */
async function pressKeys<T>(page: Page, result: Promise<T>): Promise<T> {
  let isOver = false;
  const settled = result.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await page.keyboard.press("a");
    await Promise.race([settled, setTimeout(20)]);
  }
  return await settled;
}
