import type { Command, Commands } from "./command.ts";
import { outcomes, type Outcome } from "../report/outcomes.ts";
import type { Provider } from "./provider.ts";
import { verbs, type VerbName } from "./verbs.ts";

/** The help of the whole program. */
export function programHelp(provider: Provider, commands: Commands): string {
  const { title, description } = provider;
  const program = programName(provider);
  const own = Object.entries(commands).flatMap(([name, command]) =>
    command === undefined ? [] : [`  ${name} ${command.usage}\n${indented(command.summary)}`],
  );
  return `${title}: ${description}

NixOps4 starts this program and exchanges lines of JSON with it on stdin and stdout. To use it at a terminal:

  ${program} COMMAND [OPTIONS]

Commands for resources:
${Object.entries(verbs)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join("\n")}
${own.length === 0 ? "" : `\nCommands of this provider:\n${own.join("\n")}\n`}
Options of the commands for resources:
${typeAndInputs(provider)}      --json         print JSON instead of text (plan, read, list)

${outcomeText}

${environmentText}

${program} --help, --version, or COMMAND --help for one command.
`;
}

/** The help of one verb, with an example of the given type; by default of the first one that fits. */
export async function verbHelp(provider: Provider, name: VerbName, type: unknown): Promise<string> {
  const { summary, options } = verbs[name];
  const program = programName(provider);
  if (!("type" in options)) return `${program} ${name}\n\n${asSentence(summary)}\n`;
  const { verbExample } = await import("./verb-example.ts");
  const canPrintJson = "json" in options;
  return `${program} ${name} --type TYPE [--inputs FILE]${canPrintJson ? " [--json]" : ""}

${asSentence(summary)}

${typeAndInputs(provider)}${name === "list" ? listText : ""}${canPrintJson ? "      --json         print JSON instead of text\n" : ""}
${await verbExample(provider, program, name, type)}
${outcomesOf(name)}${statusText}
`;
}

/** The outcomes that a verb which writes can report. */
function outcomesOf(name: VerbName): string {
  if (name !== "create" && name !== "update" && name !== "delete") return "";
  const possible: readonly Outcome[] =
    name === "delete"
      ? ["deleted", "retained", "unchanged", "failed"]
      : ["created", "updated", "adopted", "unchanged", "failed"];
  const rows = possible.map((outcome) => `  ${outcome.padEnd(11)}${outcomes[outcome]}\n`);
  return `Outcomes, reported on stderr (docs/outcomes.md):\n${rows.join("")}\n`;
}

/** The help of a provider's own command. */
export function commandHelp(provider: Provider, name: string, { usage, summary, explained, example }: Command): string {
  const called = `${programName(provider)} ${name}`;
  const width = Math.max(...Object.keys(explained).map(({ length }) => length));
  const rows = Object.entries(explained).map(([argument, text]) => `  ${argument.padEnd(width)}  ${text}\n`);
  return `${called} ${usage}\n\n${asSentence(summary)}\n\n${rows.join("")}\nExample:\n  ${called} ${example}\n`;
}

export const programName = ({ name }: Pick<Provider, "name">): string => `nixops4-resources-${name}`;

function typeAndInputs({ types }: Provider): string {
  return `  -t, --type TYPE    ${Object.keys(types).sort().join(", ")}
  -i, --inputs FILE  inputs as a JSON object; without this option, or with -, they are read from stdin.
                     Secrets are references, never values.
`;
}

const listText = "                     Only `connection` and `managedBy` are used.\n";

const statusText =
  "Exit status: 0 done, 1 failed or refused, 2 differences found (plan, read), 3 invalid command line.";

const outcomeText = `create, update and delete report one outcome on stderr: created, updated, adopted, unchanged, deleted, retained
or failed. create --help, delete --help and docs/outcomes.md explain them.
${statusText}`;

const environmentText = `Environment: NIXOPS4_RESOURCES_LOG=debug|info|warn|error|silent sets the lowest level that is logged (warn),
NIXOPS4_RESOURCES_LOG_FORMAT=json prints log and outcome as JSON.`;

const indented = (text: string): string => `      ${text}`;

function asSentence(text: string): string {
  const whole = /[.?!]$/.test(text) ? text : `${text}.`;
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}`;
}
