import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TimedRun {
  readonly argv: readonly string[];
  /** Input of each start; one start per entry, undefined for no input. */
  readonly requests: readonly (object | undefined)[];
  /** Whether they are started concurrently; otherwise one after the other. */
  readonly atOnce: boolean;
}

export interface Timing {
  /** User and system time of all starts together, which the kernel counts for ended children. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Answers that are no success. */
  readonly failures: readonly string[];
}

const script = `
  TIMEFORMAT='%R %U %S'
  how=$1 files=$2; shift 2
  start() { "$@" <"$file" >"$file.out" 2>"$file.err"; }
  time { for file in $files; do if [ "$how" = all ]; then start "$@" & else start "$@"; fi; done; wait; }
`;

/** Starts a program once per request and returns the cost. bash measures, since Node cannot read its children's CPU time. */
export function timedRun({ argv, requests, atOnce }: TimedRun): Timing {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-resources-bench-"));
  try {
    const files = requests.map((request, index) => {
      const file = join(folder, String(index));
      writeFileSync(file, request === undefined ? "" : `${JSON.stringify(request)}\n`);
      return file;
    });
    const { stderr } = spawnSync("bash", ["-c", script, "bench", atOnce ? "all" : "each", files.join(" "), ...argv], {
      encoding: "utf8",
      env: cleanEnvironment(),
    });
    const [real = NaN, user = NaN, system = NaN] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
    const answers = files.map((file) => readFileSync(`${file}.out`, "utf8"));
    const failures = answers.filter(
      (answer, index) => requests[index] !== undefined && !/^{"\w+Response":{"outputP/.test(answer),
    );
    return { cpuMs: (user + system) * 1000, wallMs: real * 1000, failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Variables that make Node start slower are removed: NODE_EXTRA_CA_CERTS, NODE_OPTIONS, SSL_CERT_FILE. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { ...(PATH !== undefined && { PATH }), ...(HOME !== undefined && { HOME }), LANG: "C.UTF-8" };
}
