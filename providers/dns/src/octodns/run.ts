import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ProviderError, waitFor } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";

/** A record set of OctoDNS. The name is relative to the zone, and empty for the zone's own name. */
export interface OctodnsRecord {
  name: string;
  type: string;
  ttl: number;
  values: unknown[];
}

/** One planned change. `before` is undefined for an added record set, `after` for a removed one. */
interface OctodnsChange {
  before: OctodnsRecord | undefined;
  after: OctodnsRecord | undefined;
}

/** The plan of a dry run. A run with its checksum applies exactly this plan or nothing. */
export interface OctodnsPlan {
  changes: OctodnsChange[];
  checksum: string | undefined;
}

/** A record set in the output of octodns.provider.plan.PlanJson. */
interface PlannedData {
  ttl: number;
  value?: unknown;
  values?: unknown[];
}
interface PlannedChange {
  name: string;
  record_type: string;
  new?: PlannedData;
  existing?: PlannedData;
}

/** The output, by target and zone. */
const plans = z.record(
  z.string(),
  z.record(z.string(), z.object({ changes: z.array(z.custom<PlannedChange>(isPlannedChange)) })),
);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isPlannedChange(value: unknown): boolean {
  if (!isObject(value) || typeof value["name"] !== "string" || typeof value["record_type"] !== "string") return false;
  return [value["new"], value["existing"]].every((data) => data === undefined || isPlannedData(data));
}

const isPlannedData = (data: unknown): boolean =>
  isObject(data) && typeof data["ttl"] === "number" && ("value" in data || Array.isArray(data["values"]));

/**
 * Runs `octodns-sync`. The configuration contains secrets, so it goes through a pipe instead of a file or the environment.
 * Without a checksum this is a dry run; with one, OctoDNS applies exactly the plan of that checksum.
 */
export async function runOctodns(
  command: string | null,
  configuration: object,
  { signal, checksum }: { signal: AbortSignal; checksum?: string },
): Promise<OctodnsPlan> {
  const program = command ?? findOnPath("octodns-sync");
  // `--force` disables OctoDNS' limits on the share of changed records, which are wrong for a filtered zone.
  const args = ["--config-file", "/dev/stdin", "--force", "--quiet", ...(checksum ? ["--checksum", checksum] : [])];
  const { stdout, stderr } = await waitFor("OctoDNS to finish", () => run(program, args, configuration, signal));
  const [planned] = Object.values(plans.parse(JSON.parse(stdout))).flatMap((zones) => Object.values(zones));
  return {
    changes: (planned?.changes ?? []).map(({ name, record_type: type, existing, new: wanted }) => ({
      before: existing && toRecord(name, type, existing),
      after: wanted && toRecord(name, type, wanted),
    })),
    checksum: /checksum=([\da-f]{64})/.exec(stderr)?.[1],
  };
}

const toRecord = (name: string, type: string, { ttl, value, values }: PlannedData): OctodnsRecord => ({
  name,
  type,
  ttl,
  values: values ?? [value],
});

function run(
  program: string,
  args: readonly string[],
  configuration: object,
  signal: AbortSignal,
): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    // OctoDNS opens /dev/stdin by name. That fails for Node's stdin, which is a socket, but works for a shell's pipe.
    // `detached` creates a process group, so that `stop` also ends the children.
    const shell = ["-c", 'cat | exec "$@"', "octodns", program, ...args];
    const child = spawn("/bin/sh", shell, { detached: true });
    const stop = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid);
      reject(new DOMException("The request was aborted.", "AbortError"));
    };
    signal.addEventListener("abort", stop, { once: true });
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (piece: string) => (output.stdout += piece));
    child.stderr.setEncoding("utf8").on("data", (piece: string) => (output.stderr += piece));
    child.on("error", reject);
    child.on("close", (status) => {
      signal.removeEventListener("abort", stop);
      if (status === 0) resolve(output);
      else reject(status === 127 ? missing(program) : failed(output.stderr, status));
    });
    // If OctoDNS ends before it has read everything, its exit status and stderr say why.
    child.stdin.on("error", () => undefined).end(JSON.stringify(configuration));
  });
}

function findOnPath(name: string): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  if (found === undefined) throw missing(name);
  return found;
}

const missing = (program: string): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(`the program ${program} does not exist`, {
    code: "dns.octodns.missing",
    hint: "Install OctoDNS with the provider's package (nixpkgs: octodns.withProviders), or set `connection.octodns.command` to its octodns-sync",
  });

/** Of a traceback, only the exception at its end is useful to people. */
function failed(stderr: string, status: number | null): ProviderError<ErrorCode> {
  const lines = stderr.trimEnd().split("\n");
  const at = lines.findLastIndex((line) => /^[\w.]+(Error|Exception|Failed|NotFound|Change)\b/.test(line));
  const words = lines
    .slice(at < 0 ? -3 : at)
    .map((line) => line.trim())
    .join("; ");
  return new ProviderError<ErrorCode>(`OctoDNS ended with status ${status}: ${words}`, {
    code: "dns.octodns.failed",
    hint: "Check the settings and secrets in `connection.octodns`, and the records in the message",
  });
}
