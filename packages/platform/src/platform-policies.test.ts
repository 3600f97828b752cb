import { afterEach, describe, expect, test } from "vitest";
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
