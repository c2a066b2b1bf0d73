import { spawn } from "node:child_process";

/** One check. It resolves to its complaint for the user, or to undefined on success. */
export interface Step {
  readonly name: string;
  readonly check: () => Promise<string | undefined>;
}

/** Runs the steps concurrently and reports each when it ends. Resolves to whether all succeeded. */
export async function runSteps(steps: readonly Step[]): Promise<boolean> {
  const results = await Promise.all(steps.map(runStep));
  return results.every(Boolean);
}

async function runStep({ name, check }: Step): Promise<boolean> {
  const start = performance.now();
  const complaint = await check().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const verdict = complaint === undefined ? "ok    " : "FAILED";
  const details = complaint === undefined ? "" : `${shortened(complaint.trim()).replace(/^/gm, "  ")}\n`;
  process.stdout.write(`${verdict} ${name} (${seconds} s)\n${details}`);
  return complaint === undefined;
}

const longest = 60;

/** The first lines only: the first cause is often the cause of the rest. */
function shortened(text: string): string {
  const lines = text.split("\n");
  const rest = lines.length - longest;
  return rest <= 0 ? text : [...lines.slice(0, longest), `... and ${rest} lines more`].join("\n");
}

/** A step that runs a program; if the program fails, its output is the complaint. */
export function program(name: string, ...[file, ...args]: readonly [string, ...string[]]): Step {
  return {
    name,
    check: () =>
      new Promise((resolve, reject) => {
        const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
        const chunks: Buffer[] = [];
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        child.on("error", reject);
        child.on("close", (code) => {
          const output = Buffer.concat(chunks).toString();
          resolve(code === 0 ? undefined : output.trim() === "" ? `${file} ended with status ${code}` : output);
        });
      }),
  };
}
