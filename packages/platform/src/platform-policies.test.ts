import { afterEach, describe, expect, test } from "vitest";
import { runNode } from "../test/run-node.ts";
import { EventLoop } from "./event-loop.ts";
import {
  BunEventLoopPolicy,
  DenoEventLoopPolicy,
  NodeEventLoopPolicy,
  WebEventLoopPolicy,
  WindowsProactorEventLoopPolicy,
  WindowsSelectorEventLoopPolicy,
} from "./platform-policies.ts";
import { DefaultEventLoopPolicy, newEventLoop, setEventLoopPolicy } from "./policy.ts";
import { run } from "./run.ts";
import { getRunningLoop } from "./running-loop.ts";

afterEach(() => setEventLoopPolicy(null));

describe("policies of platforms", () => {
  const policies = [
    NodeEventLoopPolicy,
    BunEventLoopPolicy,
    DenoEventLoopPolicy,
    WebEventLoopPolicy,
    WindowsProactorEventLoopPolicy,
    WindowsSelectorEventLoopPolicy,
  ];

  test.each(policies)("%o makes loops that run, as policy and as loopFactory", async (Policy) => {
    const policy = new Policy();
    expect(policy).toBeInstanceOf(DefaultEventLoopPolicy);
    setEventLoopPolicy(policy);
    const loop = newEventLoop();
    expect(loop).toBeInstanceOf(EventLoop);
    expect(await loop.runUntilComplete(async () => getRunningLoop() === loop)).toBe(true);
    loop.close();
    setEventLoopPolicy(null);
    expect(await run(async () => "done", { loopFactory: () => policy.newEventLoop() })).toBe("done");
  });
});

test("a loop on a WebHost lets a process of Node end", async () => {
  const program = `
    const { WebEventLoopPolicy } = await import("@asyncio-ts/platform");
    const loop = new WebEventLoopPolicy().newEventLoop();
    await loop.runUntilComplete(sleep(0.01));
    loop.close();
    setTimeout(() => console.log("still alive"), 2_000).unref();`;
  expect(await runNode(program)).toEqual({ status: 0, stdout: "", stderr: "" });
}, 30_000);
