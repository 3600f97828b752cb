import * as asyncio from "asyncio-ts";
import { Report } from "./demo/report.ts";
import { startWebsite } from "./demo/website.ts";

// A crawler: it fetches every page of a web site that it finds a link to, and gives up on pages that hang.
// The site is a real server on this machine, whose pages are slow, or fail, or never answer.

const fetchesAtATime = 16;
const patience = 1; // seconds

/** Fetch a page and answer the links on it. */
async function fetchLinks(url: string): Promise<string[]> {
  const response = await fetch(url, { signal: asyncio.signal() }); // aborted when the task is cancelled
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const html = await response.text();
  return Array.from(html.matchAll(/href="(.+?)"/g), ([, link]) => new URL(link ?? "", url).href);
}

/** Fetch a page in a task of its own, which is cancelled if that takes too long. */
function visit(url: string, report: Report): asyncio.Task<string[]> {
  const loop = asyncio.getRunningLoop();
  const start = loop.time();
  const task = asyncio.createTask(() => fetchLinks(url), { name: url });
  const watchdog = loop.callLater(patience, () => task.cancel(`no answer within ${patience} s`));
  task.addDoneCallback(() => {
    watchdog.cancel();
    report.add(task, loop.time() - start);
  });
  return task;
}

/** Visit every page that can be reached from `start`, a few at a time. */
async function crawl(start: string, report: Report): Promise<void> {
  const found = new Set([start]);
  const frontier = [start];
  let running = new Set<asyncio.Task<string[]>>();
  while (frontier.length > 0 || running.size > 0) {
    for (const url of frontier.splice(0, fetchesAtATime - running.size)) running.add(visit(url, report));
    const { done, pending } = await asyncio.wait(running, { returnWhen: asyncio.FIRST_COMPLETED });
    running = pending;
    for (const task of done) {
      if (task.cancelled() || task.exception() !== null) continue; // the report knows of it
      for (const link of task.result()) {
        if (!found.has(link)) frontier.push(link);
        found.add(link);
      }
    }
  }
}

async function showProgress(report: Report): Promise<void> {
  for (;;) {
    await asyncio.sleep(report.interval);
    report.showProgress();
  }
}

async function main(url: string, report: Report): Promise<void> {
  asyncio.createTask(() => showProgress(report)); // as it never ends, run() cancels it after main
  await crawl(url, report);
}

const site = await startWebsite(300);
console.log(`Crawling ${site.url}, ${fetchesAtATime} fetches at a time`);
const report = new Report();
try {
  await asyncio.run(() => main(site.url, report));
} catch (error) {
  if (!(error instanceof asyncio.KeyboardInterrupt)) throw error;
  console.log("\nInterrupted: main was cancelled, and then all that it had started");
}
report.showSummary();
site.close();
