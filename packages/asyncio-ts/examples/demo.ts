import * as asyncio from "asyncio-ts";
import { Frontier } from "./demo/frontier.ts";
import { RateLimit } from "./demo/rate-limit.ts";
import { Report } from "./demo/report.ts";
import { startWebsite } from "./demo/website.ts";

// A crawler: it fetches every page of a web site that it finds a link to, with manners: so many fetches at a time and so
// many per second. It gives up on pages that hang. The site is a real server on this machine, whose pages are slow, or
// fail, or never answer.

const fetchesAtATime = 16;
const fetchesPerSecond = 250;
const patience = 1; // seconds

/** Fetch a page and answer the links on it. */
async function fetchLinks(url: string): Promise<string[]> {
  const response = await fetch(url, { signal: asyncio.signal() }); // aborted when the task is cancelled, or its time is up
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const html = await response.text();
  return Array.from(html.matchAll(/href="(.+?)"/g), ([, link]) => new URL(link ?? "", url).href);
}

/** Visit one page after another. One that fails is reported, and the next one visited. */
async function visitPages(frontier: Frontier, rateLimit: RateLimit, report: Report): Promise<void> {
  for await (const url of frontier) {
    await rateLimit.turn();
    const visit = report.begin();
    try {
      for (const link of await asyncio.timeout(patience, () => fetchLinks(url))) frontier.add(link);
      visit.succeeded();
    } catch (error) {
      visit.failed(error);
      if (error instanceof asyncio.CancelledError) throw error; // somebody wants us to stop
    }
  }
}

async function showProgress(report: Report): Promise<void> {
  for (;;) {
    await asyncio.sleep(report.interval);
    report.showProgress();
  }
}

/** Visit every page that can be reached from `start`. */
async function crawl(start: string, report: Report): Promise<void> {
  const frontier = new Frontier();
  const rateLimit = new RateLimit(fetchesPerSecond);
  frontier.add(start);
  await asyncio.taskGroup(async (group) => {
    for (let n = 1; n <= fetchesAtATime; n++) {
      group.createTask(() => visitPages(frontier, rateLimit, report), { name: `crawler ${n}` });
    }
    group.createTask(() => showProgress(report));
    await frontier.visited();
    group.cancel(); // all of them would wait for more
  });
}

const site = await startWebsite(300);
console.log(`Crawling ${site.url}, ${fetchesAtATime} fetches at a time, ${fetchesPerSecond} per second at most`);
const report = new Report();
try {
  await asyncio.run(() => crawl(site.url, report));
} catch (error) {
  if (!(error instanceof asyncio.KeyboardInterrupt)) throw error;
  console.log("\nInterrupted: main was cancelled, and with it all that it had started");
}
report.showSummary();
site.close();
