import type { Runnable } from "@asyncio-ts/core";
import { allTasks, Future } from "@asyncio-ts/tasks";
import type { Deviation, ScheduleObserver } from "./schedule-queue.ts";
import { showRunnable } from "./show-runnable.ts";
import type { VirtualEventLoop } from "./virtual-event-loop.ts";

/** How many of those that went first are told. */
const passersTold = 5;

interface Scene {
  readonly opening: string;
  readonly passers: string[];
  readonly site: string | undefined;
}

/** Puts the deviations of a run into words. */
export class Narrator implements ScheduleObserver {
  #loop: VirtualEventLoop | null = null;
  readonly #scenes = new Map<Deviation, Scene>();

  /** Every run has a loop of its own. */
  watch(loop: VirtualEventLoop): void {
    this.#loop = loop;
  }

  begins(deviation: Deviation): void {
    const { held } = deviation;
    this.#scenes.set(deviation, {
      opening: `at ${this.#loop?.time() ?? 0} s, ${nameOfRunnable(held)}`,
      passers: [],
      site: this.#siteOf(held),
    });
  }

  isPassed(deviation: Deviation, by: Runnable): void {
    this.#scenes.get(deviation)?.passers.push(nameOfRunnable(by));
  }

  /** A text for each deviation by which something went first. */
  tell(): string[] {
    const scenes = [...this.#scenes.values()].filter(({ passers }) => passers.length > 0);
    return scenes.map(({ opening, passers, site }) => {
      const groups = grouped(passers);
      const told = groups.slice(0, passersTold).map((passer) => `\n  ${passer}`);
      const more = groups.length > passersTold ? ["\n  and others"] : [];
      const where = site === undefined ? [] : [`\nit waits at\n${site.split("\n")[0]}`];
      return [`${opening} runs only after`, ...told, ...more, ...where].join("");
    });
  }

  /** Where the task waits that is about to go on; only in debug mode. */
  #siteOf(held: Runnable): string | undefined {
    if (this.#loop === null) return undefined;
    const shown = String(held);
    return [...allTasks(this.#loop)].find((task) => String(task) === shown)?.waitingAt()[0];
  }
}

/** Each name once where it is repeated, with how often. */
function grouped(names: readonly string[]): string[] {
  const groups: { readonly name: string; times: number }[] = [];
  for (const name of names) {
    const last = groups.at(-1);
    if (last?.name === name) last.times++;
    else groups.push({ name, times: 1 });
  }
  return groups.map(({ name, times }) => (times === 1 ? name : `${name}, ${times} times`));
}

/** What goes on in a task shows as that task. */
function nameOfRunnable(runnable: Runnable): string {
  const shown = showRunnable(runnable);
  return runnable instanceof Future && "when" in runnable ? `the end of ${shown}` : shown;
}
