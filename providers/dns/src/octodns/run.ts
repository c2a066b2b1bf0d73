import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ProviderError, waitFor } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";

/** A record set as OctoDNS has it; the name is relative to the zone, and empty at its top. */
export interface OctodnsRecord {
  name: string;
  type: string;
  ttl: number;
  values: unknown[];
}

/** One change that OctoDNS would make, or has made: undefined is a record set that is not there. */
interface OctodnsChange {
  before: OctodnsRecord | undefined;
  after: OctodnsRecord | undefined;
}

/** What a run would do, and the checksum by which another run does exactly that or nothing. */
export interface OctodnsPlan {
  changes: OctodnsChange[];
  checksum: string | undefined;
}

/** What octodns.provider.plan.PlanJson tells of a record set. */
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

/** By target and zone. */
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
 * Runs `octodns-sync` with a configuration that it reads from a pipe, since there are secrets in it: neither a file nor its
 * environment has them. Without a checksum nothing is changed; with one, exactly what the plan of that checksum had.
 */
export async function runOctodns(
  command: string | null,
  configuration: object,
  { signal, checksum }: { signal: AbortSignal; checksum?: string },
): Promise<OctodnsPlan> {
  const program = command ?? findOnPath("octodns-sync");
  // Its own checks are about shares of a zone, of which it sees a part: ours are stricter.
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
    // Node's pipe is a socket, which nobody can open by its name; that of a shell is a pipe.
    // A group of its own, so that all of it ends when the request's time is over.
    const shell = ["-c", 'cat | exec "$@"', "octodns", program, ...args];
    const child = spawn("/bin/sh", shell, { detached: true });
    const stop = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid);
      reject(new DOMException("The request's time is over.", "AbortError"));
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
    // It may end before it has read everything, and then says why.
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
  new ProviderError<ErrorCode>(`there is no program ${program}`, {
    code: "dns.octodns.missing",
    hint: "Install OctoDNS with the package of the provider (nixpkgs: octodns.withProviders), or let `connection.octodns.command` name its octodns-sync",
  });

/** Of a traceback the exception at its end is what people can use. */
function failed(stderr: string, status: number | null): ProviderError<ErrorCode> {
  const lines = stderr.trimEnd().split("\n");
  const at = lines.findLastIndex((line) => /^[\w.]+(Error|Exception|Failed|NotFound|Change)\b/.test(line));
  const words = lines
    .slice(at < 0 ? -3 : at)
    .map((line) => line.trim())
    .join("; ");
  return new ProviderError<ErrorCode>(`OctoDNS ended with status ${status}: ${words}`, {
    code: "dns.octodns.failed",
    hint: "Check the provider's settings and secrets in `connection.octodns`, and the records that the message names",
  });
}
