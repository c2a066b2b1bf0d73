import { spawn } from "node:child_process";

/** One thing that is checked. Its complaint is what a person reads; undefined where all is well. */
export interface Step {
  readonly name: string;
  readonly check: () => Promise<string | undefined>;
}

/** Runs the steps at the same time and reports each as it ends. Resolves to whether all went well. */
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

/** Enough to begin with: the first cause is often that of the rest. */
function shortened(text: string): string {
  const lines = text.split("\n");
  const rest = lines.length - longest;
  return rest <= 0 ? text : [...lines.slice(0, longest), `... and ${rest} lines more`].join("\n");
}

/** A step that is a program: what it printed is the complaint where it fails. */
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
