import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How a page is served. */
type Behaviour = "answer" | "fail" | "reset" | "hang";

/** A web site on this machine. It uses nothing of asyncio-ts: to the crawler it is any server. */
export interface Website {
  readonly url: string;
  close(): void;
}

/** Serve pages that link to each other: some at once, some late, some never. Each run is the same. */
export async function startWebsite(pages: number): Promise<Website> {
  const server = createServer((request, response) => void serve(Number(request.url?.slice(1)), pages, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function serve(page: number, pages: number, response: ServerResponse): Promise<void> {
  await sleep(latencyOf(page));
  switch (behaviourOf(page, pages)) {
    case "answer":
      return void response.setHeader("content-type", "text/html").end(htmlOf(page, pages));
    case "fail":
      return void response.writeHead(500).end();
    case "reset":
      return void response.socket?.resetAndDestroy();
    case "hang":
      return; // and never answer
  }
}

/** In milliseconds. */
function latencyOf(page: number): number {
  return 5 + 115 * scatter(page);
}

/** Only pages without links of their own fail, so that every page can be found. */
function behaviourOf(page: number, pages: number): Behaviour {
  if (page < pages / 3) return "answer";
  if (page % 17 === 0) return "hang";
  if (page % 13 === 0) return "fail";
  return page % 29 === 0 ? "reset" : "answer";
}

/** Page 0 links to 1, 2 and 3, page 1 to 4, 5 and 6, and so on; and each to some that were found before. */
function htmlOf(page: number, pages: number): string {
  const links = [3 * page + 1, 3 * page + 2, 3 * page + 3, page - 1, Math.floor(page / 7)];
  const exist = links.filter((link) => link >= 0 && link < pages);
  return exist.map((link) => `<a href="/${link || ""}">Page ${link}</a>\n`).join("");
}

/** A number from 0 to 1 that looks random: https://en.wikipedia.org/wiki/Hash_function#Fibonacci_hashing */
function scatter(n: number): number {
  return ((n * 2_654_435_769) % 2 ** 32) / 2 ** 32;
}
