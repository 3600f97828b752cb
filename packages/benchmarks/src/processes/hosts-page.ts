/** Measures `WebHost` in a page of a browser: `hosts-page.js chromium`. Prints a `HostAnswer`. */

import { type BrowserName, withPage } from "../hosts/page.ts";

const [browser = "chromium"] = process.argv.slice(2);
const answer = await withPage(browser as BrowserName, (page) => page.evaluate("bundle.samplePage()"));
console.log(JSON.stringify(answer));
