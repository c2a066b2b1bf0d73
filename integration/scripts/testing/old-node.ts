import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on this Node, which claims to be another version. */
export function runAsNode(version: string, args: readonly string[], input = ""): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-old-node-"));
  try {
    const claim = join(folder, "claim-version.cjs");
    const versions = `{ ...process.versions, node: ${JSON.stringify(version)} }`;
    writeFileSync(claim, `Object.defineProperty(process, "versions", { value: ${versions} });\n`);
    return spawnSync(process.execPath, ["--require", claim, ...args], { input, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A Node on PATH that is older than 24.11, if this machine has one. */
export function findOldNode(): { readonly program: string; readonly version: string } | undefined {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const program = join(folder, "node");
    if (!existsSync(program)) continue;
    const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim().replace(/^v/, "");
    const [major = 0, minor = 0] = version.split(".").map(Number);
    if (major < 24 || (major === 24 && minor < 11)) return { program, version };
  }
  return undefined;
}
