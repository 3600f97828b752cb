import { styleText } from "node:util";
import { CancelledError, TimeoutError } from "asyncio-ts";

const { stdout } = process;

/** A fetch under way. */
interface Visit {
  succeeded(): void;
  failed(error: unknown): void;
}

/** Counts what becomes of fetches, and shows it: on a terminal in one line that is written again and again. */
export class Report {
  /** How often to show the progress, in seconds. */
  readonly interval: number = stdout.isTTY ? 0.05 : 0.5;
  readonly #start = performance.now();
  #latencies = 0;
  #fetched = 0;
  readonly #failed = new Tally();
  readonly #cancelled = new Tally();

  /** A fetch begins; whoever does it says how it ended. */
  begin(): Visit {
    const start = performance.now();
    const end = (): void => {
      this.#latencies += (performance.now() - start) / 1000;
    };
    return {
      succeeded: () => {
        end();
        this.#fetched++;
      },
      failed: (error) => {
        end();
        const isCancelled = error instanceof CancelledError || error instanceof TimeoutError;
        (isCancelled ? this.#cancelled : this.#failed).add(reasonOf(error as Error));
      },
    };
  }

  showProgress(): void {
    const counts = `${this.#fetched} fetched, ${this.#failed.total} failed, ${this.#cancelled.total} cancelled`;
    this.#rewind();
    stdout.write(`${this.#elapsed.toFixed(1)} s: ${counts}${stdout.isTTY ? "" : "\n"}`);
  }

  showSummary(): void {
    const elapsed = this.#elapsed;
    const ratio = this.#latencies / elapsed;
    this.#rewind();
    console.log(`
  ${painted("green", "fetched")}    ${padded(this.#fetched)}
  ${painted("red", "failed")}     ${padded(this.#failed.total)}   ${this.#failed}
  ${painted("yellow", "cancelled")}  ${padded(this.#cancelled.total)}   ${this.#cancelled}

  all fetches, added up  ${bar(1)} ${seconds(this.#latencies)}
  the whole crawl        ${bar(1 / ratio)} ${seconds(elapsed)}

${this.#pages} pages, ${ratio.toFixed(1)} times as fast as one after another`);
  }

  get #pages(): number {
    return this.#fetched + this.#failed.total + this.#cancelled.total;
  }

  /** Go back to the beginning of the line of progress. */
  #rewind(): void {
    if (!stdout.isTTY) return;
    stdout.cursorTo(0);
    stdout.clearLine(0);
  }

  get #elapsed(): number {
    return (performance.now() - this.#start) / 1000;
  }
}

/** How often there was which reason. */
class Tally {
  readonly #counts = new Map<string, number>();
  total = 0;

  add(reason: string): void {
    this.total++;
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  toString(): string {
    return Array.from(this.#counts, ([reason, count]) => `${count} × ${reason}`).join(", ");
  }
}

/** `fetch` says only that it failed; the cause says why. A cancellation without a reason is the end of the run. */
function reasonOf(error: Error): string {
  return (error.cause as { code?: string } | undefined)?.code ?? (error.message || "interrupted");
}

function painted(colour: "green" | "red" | "yellow", text: string): string {
  return stdout.isTTY ? styleText(colour, text) : text;
}

function padded(count: number): string {
  return String(count).padStart(4);
}

function seconds(amount: number): string {
  return `${amount.toFixed(1).padStart(5)} s`;
}

function bar(part: number): string {
  return "█".repeat(Math.max(1, Math.round(40 * part))).padEnd(40);
}
