import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";
import { parseMemberName, type MemberPath } from "./evaluation/member.ts";

/**
 * Providers at once, unless `--jobs` says otherwise. See README.md for the measurements: more than this gains nothing
 * on a fast backend, and it leaves room in PostgreSQL's 100 connections for the applications that are being served.
 */
export const defaultJobs = 16;

export const usage = `Usage: nixops4-resources-driver COMMAND [PATH...] [OPTION...]

Applies a NixOps4 deployment where NixOps4 itself is not installed.

Commands:
  apply [PATH...]    Apply the members under the paths and what they need; all, without a path.
  plan [PATH...]     Say what apply would do, and do nothing.
  record             Record the evaluation of a deployment, to apply it where there is no Nix.

Deployment:
  --file FILE        The file that \`nixops4 apply --file\` would get; default ./nixops4.nix.
  --recording FILE   A recording instead, which needs no Nix.

Options:
  --jobs N           Providers that run at the same time (default ${defaultJobs}).
  --no-lock          apply: run beside another apply of the same file, for a file that its environment makes another
                     deployment each time. State logs are locked all the same.
  --verbose          Show inputs and outputs of members.
  --output FILE      record: where to write the recording; default stdout.
  --check FILE       record: compare with this recording instead of writing one.
  --open NAME        record: leave the environment variable NAME open, to be read at each apply. Its value now is an
                     example: an integer, an absolute path or a text. Can be given several times.
  --help             Show this.

Exit status: 0 done, 1 failed, 2 differences (plan, record --check), 3 usage, 130 interrupted.
`;

export type Source = { readonly kind: "file" | "recording"; readonly file: string };

export type Command =
  | { readonly name: "help" }
  | {
      readonly name: "apply" | "plan";
      readonly source: Source;
      readonly targets: readonly MemberPath[];
      readonly jobs: number;
      readonly lock: boolean;
      readonly verbose: boolean;
    }
  | {
      readonly name: "record";
      readonly file: string;
      readonly open: readonly string[];
      readonly output: string | undefined;
      readonly check: string | undefined;
    };

/** Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [name, ...paths] = positionals;
  if (values.help === true) return { name: "help" };
  const file = values.file ?? "nixops4.nix";
  switch (name) {
    case "apply":
    case "plan":
      refuseOptions(name, values, ["output", "check", "open"]);
      if (values.file !== undefined && values.recording !== undefined) {
        throw new UsageError("Give --file or --recording, not both.");
      }
      return {
        name,
        source: values.recording === undefined ? { kind: "file", file } : { kind: "recording", file: values.recording },
        targets: paths.map(parseMemberName),
        jobs: parseJobs(values.jobs),
        lock: name === "apply" && values["no-lock"] !== true,
        verbose: values.verbose ?? false,
      };
    case "record":
      refuseOptions(name, values, ["recording", "jobs", "no-lock", "verbose"]);
      if (paths.length > 0) throw new UsageError("record takes no path: a recording has the whole deployment.");
      if (values.check !== undefined && (values.output !== undefined || values.open !== undefined)) {
        throw new UsageError("--check compares with a recording as it is: give no --output and no --open.");
      }
      return { name, file, open: values.open ?? [], output: values.output, check: values.check };
    case undefined:
      throw new UsageError("Give a command: apply, plan or record.");
    default:
      throw new UsageError(`There is no command ${name}: give apply, plan or record.`);
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        file: { type: "string" },
        recording: { type: "string" },
        jobs: { type: "string" },
        "no-lock": { type: "boolean" },
        verbose: { type: "boolean" },
        output: { type: "string" },
        check: { type: "string" },
        open: { type: "string", multiple: true },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function refuseOptions(command: string, values: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const wrong = names.find((name) => values[name] !== undefined);
  if (wrong !== undefined) throw new UsageError(`${command} has no option --${wrong}.`);
}

function parseJobs(text: string | undefined): number {
  if (text === undefined) return defaultJobs;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new UsageError(`--jobs must be a whole number from 1 on, got "${text}".`);
}
