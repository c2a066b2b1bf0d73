import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { codeOf, ProviderError, waitFor } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
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

/** Characters of the largest accepted plan, and of the part of a log that is kept. */
const largestOutput = 64 * 1024 * 1024;
const largestLog = 64 * 1024;

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
  const [planned] = Object.values(planIn(stdout)).flatMap((zones) => Object.values(zones));
  return {
    changes: (planned?.changes ?? []).map(({ name, record_type: type, existing, new: wanted }) => ({
      before: existing && toRecord(name, type, existing),
      after: wanted && toRecord(name, type, wanted),
    })),
    checksum: /checksum=([\da-f]{64})/.exec(stderr)?.[1],
  };
}

function planIn(stdout: string): z.output<typeof plans> {
  try {
    return plans.parse(JSON.parse(stdout));
  } catch (cause) {
    throw new ProviderError<ErrorCode>("OctoDNS does not print a plan in the expected form", {
      code: "dns.octodns.failed",
      hint: "Check that `connection.octodns.command` is the octodns-sync of a supported version (1.x)",
      cause,
    });
  }
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
    const child = spawn("/bin/sh", shell, { detached: true, env: environment() });
    const stop = (reason: Error): void => {
      if (child.pid !== undefined) killGroup(child.pid);
      // A grandchild that left the group may keep the pipes open.
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
      reject(reason);
    };
    const abort = (): void => stop(new DOMException("The request was aborted.", "AbortError"));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    const output = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      output.stdout += piece;
      if (output.stdout.length > largestOutput) stop(tooMuch());
    });
    // Of an endless log only the end is of use.
    child.stderr
      .setEncoding("utf8")
      .on("data", (piece: string) => (output.stderr = (output.stderr + piece).slice(-largestLog)));
    child.on("error", reject);
    child.on("close", (status) => {
      signal.removeEventListener("abort", abort);
      if (status === 0) resolve(output);
      else reject(status === 127 ? missing(program) : failed(output.stderr, status));
    });
    // If OctoDNS ends before it has read everything, its exit status and stderr say why.
    child.stdin.on("error", () => undefined).end(JSON.stringify(configuration));
  });
}

/** Ends a child with its children. SIGKILL, since one that ignores signals would go on beyond the request. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has ended already.
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

/** What a Python program needs, and how it reaches the service. Secrets in our environment are not for it. */
const passedOn =
  /^(PATH|HOME|LANG|LC_\w+|TZ|TZDIR|TMPDIR|PYTHON\w+|VIRTUAL_ENV|LOCALE_ARCHIVE|NIX_SSL_CERT_FILE|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|LD_LIBRARY_PATH|(https?|all|no)_proxy)$/i;

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => passedOn.test(name)));

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

const tooMuch = (): ProviderError<ErrorCode> =>
  new ProviderError<ErrorCode>(`OctoDNS prints a plan of more than ${largestOutput} characters`, {
    code: "dns.octodns.failed",
    hint: "Manage fewer records by this connection",
  });

/** Of a traceback, only the exception at its end is useful to people. It may repeat any text of the service. */
function failed(stderr: string, status: number | null): ProviderError<ErrorCode> {
  const lines = stderr.trimEnd().split("\n");
  const at = lines.findLastIndex((line) => /^[\w.]+(Error|Exception|Failed|NotFound|Change)\b/.test(line));
  const words = lines
    .slice(at < 0 ? -3 : at)
    .map((line) => line.trim())
    .join("; ");
  return new ProviderError<ErrorCode>(`OctoDNS ended with status ${status}: ${safeText(words)}`, {
    code: "dns.octodns.failed",
    hint: "Check the settings and secrets in `connection.octodns`, and the records in the message",
  });
}
