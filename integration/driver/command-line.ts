import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";
import { parseMemberName, type MemberPath } from "./evaluation/member.ts";

/**
 * Default number of concurrent requests. See README.md for the measurements: more gain nothing on a fast backend, and
 * this many leave room in PostgreSQL's 100 connections for applications.
 */
export const defaultJobs = 16;

export const usage = `Usage: nixops4-resources-driver COMMAND [PATH...] [OPTION...]

Applies a NixOps4 deployment on a machine without NixOps4.

Commands:
  apply [PATH...]    Apply the members under the paths and their dependencies; without a path, all members.
  plan [PATH...]     Show what apply would do, without changing anything.
  refresh [PATH...]  Read every member that has a state. Show what is gone or differs from the state, and after a yes,
                     remove it from the state, so that the next apply creates or repairs it.
  destroy PATH...    Destroy the members under the paths, also those that only a state still has. Show what happens to
                     each object, and ask to type the paths.
  export [PATH...]   Write the members under the paths, and what they need, as a configuration of OpenTofu (main.tf.json).
                     Each object that exists gets an import block.
  record             Record the evaluation of a deployment, to apply it on a machine without Nix.

Deployment:
  --file FILE        File to evaluate, as for \`nixops4 apply --file\`; default ./nixops4.nix.
  --recording FILE   Recording to apply instead; needs no Nix.

Options:
  --jobs N           Maximum number of concurrent requests (default ${defaultJobs}).
  --look             plan: also read the members that apply would skip, since their inputs equal those in the state.
  --json             plan: print JSON instead of text on stdout.
  --yes              refresh, destroy: do not ask.
  --no-lock          apply, refresh, destroy: allow another apply of the same file at the same time, for a file that
                     declares different deployments depending on its environment. State logs are still locked.
  --verbose          Show inputs and outputs of members.
  --output FILE      export, record: file to write to; default stdout.
  --check FILE       record: compare with this recording instead of writing one.
  --open NAME        record: read the environment variable NAME at each apply instead of recording its value. Its
                     current value is an example: an integer, an absolute path or a text. Can be repeated.
  --help             Show this help.

Exit status: 0 done, 1 failed, 2 differences (plan, refresh, record --check), 3 usage, 130 interrupted.
`;

export type Source = { readonly kind: "file" | "recording"; readonly file: string };

export type Command =
  | { readonly name: "help" }
  | ({ readonly name: "apply" | "plan" | "refresh" } & MemberOptions)
  | ({ readonly name: "destroy" } & MemberOptions)
  | ({ readonly name: "export"; readonly output: string | undefined } & Pick<
      MemberOptions,
      "source" | "targets" | "jobs"
    >)
  | {
      readonly name: "record";
      readonly file: string;
      readonly open: readonly string[];
      readonly output: string | undefined;
      readonly check: string | undefined;
    };

interface MemberOptions {
  readonly source: Source;
  readonly targets: readonly MemberPath[];
  readonly jobs: number;
  readonly lock: boolean;
  /** Whether to read members that apply would skip. */
  readonly look: boolean;
  /** Whether to print the plan as JSON. */
  readonly json: boolean;
  /** Whether to forget or destroy without a question. */
  readonly yes: boolean;
  readonly verbose: boolean;
}

/** Throws UsageError. */
export function parseCommandLine(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  const [name, ...paths] = positionals;
  if (values.help === true) return { name: "help" };
  switch (name) {
    case "apply":
    case "plan":
    case "refresh":
    case "destroy":
      refuseOptions(name, values, ["output", "check", "open"]);
      if (name === "apply" || name === "plan") refuseOptions(name, values, ["yes"]);
      if (name !== "plan") refuseOptions(name, values, ["look", "json"]);
      if (name === "destroy" && (paths.length === 0 || paths.includes(""))) {
        throw new UsageError("Give the path of each member to destroy.");
      }
      return {
        name,
        source: sourceOf(values),
        targets: paths.map(parseMemberName),
        jobs: parseJobs(values.jobs),
        lock: name !== "plan" && values["no-lock"] !== true,
        look: name === "refresh" || values.look === true,
        json: values.json === true,
        yes: values.yes === true,
        verbose: values.verbose ?? false,
      };
    case "export":
      refuseOptions(name, values, ["check", "open", "no-lock", "look", "json", "yes", "verbose"]);
      return {
        name,
        source: sourceOf(values),
        targets: paths.map(parseMemberName),
        jobs: parseJobs(values.jobs),
        output: values.output,
      };
    case "record":
      refuseOptions(name, values, ["recording", "jobs", "no-lock", "look", "json", "yes", "verbose"]);
      if (paths.length > 0) throw new UsageError("record accepts no path: a recording contains the whole deployment.");
      if (values.check !== undefined && (values.output !== undefined || values.open !== undefined)) {
        throw new UsageError("--check accepts neither --output nor --open: it compares with an existing recording.");
      }
      return {
        name,
        file: values.file ?? defaultFile,
        open: values.open ?? [],
        output: values.output,
        check: values.check,
      };
    case undefined:
      throw new UsageError("Give a command: apply, plan, refresh, destroy, export or record.");
    default:
      throw new UsageError(`Unknown command ${name}: give apply, plan, refresh, destroy, export or record.`);
  }
}

const defaultFile = "nixops4.nix";

function sourceOf({ file, recording }: { file?: string | undefined; recording?: string | undefined }): Source {
  if (recording === undefined) return { kind: "file", file: file ?? defaultFile };
  if (file !== undefined) throw new UsageError("Give --file or --recording, not both.");
  return { kind: "recording", file: recording };
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
        look: { type: "boolean" },
        json: { type: "boolean" },
        yes: { type: "boolean" },
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
  throw new UsageError(`--jobs must be an integer >= 1, got "${text}".`);
}
