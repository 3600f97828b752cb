import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Reads from its input which groups of processes there are: `+` or `-`, and the number of one. The end of the input is the end
 * of the program; then the groups have a second to end by themselves.
 */
const script = `
trap '' HUP INT TERM
groups=
while read -r sign group; do
  case $sign in
  +) groups="$groups $group" ;;
  -)
    others=
    for each in $groups; do [ "$each" = "$group" ] || others="$others $each"; done
    groups=$others
    ;;
  esac
done
[ -z "$groups" ] || sleep 1
for each in $groups; do kill -s KILL -- "-$each"; done
`;

/**
 * Ends groups of processes when the program that has started them is gone, even if it was killed: from outside, in a shell.
 *
 * A process whose job computes notices nothing by itself. Where there is no shell, it runs until its job ends; on Windows, the
 * system ends it.
 */
export class ProcessGuard {
  readonly #groups = new Set<number>();
  #shell: ChildProcess | null = null;

  add(group: number): void {
    if (process.platform === "win32") return;
    this.#groups.add(group);
    if (this.#shell === null) this.#start();
    else this.#tell("+", group);
  }

  remove(group: number): void {
    if (!this.#groups.delete(group)) return;
    this.#tell("-", group);
    if (this.#groups.size > 0) return;
    this.#shell?.stdin?.end();
    this.#shell = null;
  }

  /** There is nothing to end any more. */
  dismiss(): void {
    this.#shell?.kill("SIGKILL");
  }

  #start(): void {
    const shell = startShell();
    if (shell === null) return;
    const forget = (): void => {
      if (this.#shell === shell) this.#shell = null; // the next group has another one started, which gets to know all
    };
    shell.on("error", forget).on("exit", forget);
    this.#shell = shell;
    for (const group of this.#groups) this.#tell("+", group);
  }

  #tell(sign: "+" | "-", group: number): void {
    if (this.#shell?.stdin?.writable === true) this.#shell.stdin.write(`${sign} ${group}\n`);
  }
}

/** `null` if that is not allowed. */
function startShell(): ChildProcess | null {
  try {
    // A group of its own: what ends ours is what it is there for.
    const options: SpawnOptions = { cwd: "/", detached: true, stdio: ["pipe", "ignore", "ignore"] };
    const shell = spawn("/bin/sh", ["-c", script], options);
    shell.unref();
    const input = shell.stdin as (Writable & { unref?(): void }) | null | undefined;
    input?.on("error", () => {}); // it has ended, which its exit tells
    input?.unref?.(); // Deno has none
    return shell;
  } catch {
    return null;
  }
}
