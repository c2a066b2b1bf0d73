import { parseArgs } from "node:util";
import { answer, type Answer } from "./answer.ts";
import { Misunderstood, readObject, type CommandArguments, type CommandOption, type Commands } from "./command.ts";
import { explain } from "./explain.ts";
import { writeFully } from "../wire/lines.ts";
import { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import { isObject, messages, type Properties } from "../wire/wire.ts";

/** The verbs of a person at a terminal, and the request that each one is. */
const verbs = {
  read: (resource: Extant) => ({ [messages.read.request]: { resource } }),
  plan: ({ type, inputProperties }: Extant) => ({ [messages.plan.request]: { type, inputProperties } }),
  create: ({ type, inputProperties }: Extant) => ({
    [messages.create.request]: { type, inputProperties, isStateful: true },
  }),
  update: (resource: Extant) => ({
    [messages.update.request]: { resource, inputProperties: resource.inputProperties },
  }),
  delete: (resource: Extant) => ({ [messages.destroy.request]: { resource } }),
  list: ({ type, inputProperties: { connection, managedBy } }: Extant) => ({
    [messages.list.request]: { type, inputProperties: { connection, managedBy } },
  }),
};

interface Extant {
  type: string;
  inputProperties: Properties;
}

const ownOptions = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;
const verbOptions = {
  ...ownOptions,
  type: { type: "string", short: "t" },
  inputs: { type: "string", short: "i" },
} as const;

/**
 * The executable as a command for people. Prints what was asked for on stdout, errors on stderr; the exit status is 0, 1
 * (failed), 2 (plan or read: there are differences) or 3 (not understood).
 */
export async function commandLine(provider: Provider, args: string[]): Promise<number> {
  try {
    return await runCommand(provider, args);
  } catch (error) {
    if (error instanceof Misunderstood) return misunderstood(provider, error.message);
    return complain(explain(error, `run ${args[0] ?? "the command"}`), 1);
  }
}

async function runCommand(provider: Provider, args: string[]): Promise<number> {
  const commands = (await provider.commands?.())?.default ?? {};
  const name = args.find((argument) => !argument.startsWith("-")) ?? "";
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) {
    const { values, positionals } = parse(args, { ...command.options, ...ownOptions });
    if (values["help"] === true) return print(`nixops4-resources-${provider.name} ${name} ${command.usage}\n`);
    return await command.run({ values, positionals: positionals.slice(1) }, print);
  }
  const { values, positionals } = parse(args, verbOptions);
  if (values["help"] === true) return print(help(provider, commands));
  if (values["version"] === true) return print(`nixops4-resources-${provider.name} ${provider.version}\n`);
  const [verb, ...others] = positionals;
  if (verb === undefined) throw new Misunderstood("Name a command");
  if (others.length > 0) throw new Misunderstood(`One command at a time, not ${positionals.join(" and ")}`);
  if (verb === "describe") return await run(provider, { [messages.describe.request]: {} });
  if (!isVerb(verb)) throw new Misunderstood(`There is no command ${JSON.stringify(verb)}`);
  const { type, inputs = "-" } = values;
  if (typeof type !== "string") throw new Misunderstood("Name the resource type with --type");
  return await run(provider, verbs[verb]({ type, inputProperties: readObject(String(inputs)) }));
}

function parse(args: string[], options: Readonly<Record<string, CommandOption>>): CommandArguments {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...options } });
    return {
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, one(value)])),
      positionals,
    };
  } catch (error) {
    throw new Misunderstood(error instanceof Error ? error.message : String(error));
  }
}

/** No option may be given twice, so each has one value. */
const one = (value: string | boolean | (string | boolean)[] | undefined) =>
  Array.isArray(value) ? value.at(-1) : value;

const isVerb = (name: string): name is keyof typeof verbs => Object.hasOwn(verbs, name);

/** Through the very path of a line of input, so that a person sees what NixOps4 would. */
async function run(provider: Provider, request: object): Promise<number> {
  await using stores = new OpenStores();
  const reply = await answer(provider, JSON.stringify(request), stores);
  const [kind = "", body = {}] = Object.entries(reply)[0] ?? [];
  if (kind === "errorResponse") return complain(messageOf(reply), 1);
  print(`${JSON.stringify(body, null, 2)}\n`);
  const differs = "differences" in body && Array.isArray(body.differences) && body.differences.length > 0;
  if ("action" in body && body.action === "refuse") return 1;
  return differs ? 2 : 0;
}

function messageOf({ errorResponse }: Answer): string {
  return isObject(errorResponse) ? String(errorResponse["message"]) : "";
}

function print(text: string): number {
  writeFully(1, text);
  return 0;
}

function complain(text: string, status: number): number {
  writeFully(2, `${text}\n`);
  return status;
}

const misunderstood = ({ name }: Provider, what: string): number =>
  complain(`${what}.\nHint: nixops4-resources-${name} --help lists what there is.`, 3);

function help({ name, title, description, types }: Provider, commands: Commands): string {
  const command = `nixops4-resources-${name}`;
  return `${title}: ${description}

NixOps4 starts this program and speaks to it in lines of JSON on stdin and stdout. A person can use it too:

  ${command} plan    --type TYPE --inputs FILE   what create or update would do, field by field
  ${command} read    --type TYPE --inputs FILE   what is there now, and how it differs
  ${command} create  --type TYPE --inputs FILE   make it, or bring it in line
  ${command} update  --type TYPE --inputs FILE   the same
  ${command} delete  --type TYPE --inputs FILE   remove it, or with deletion = "retain" only our mark
  ${command} list    --type TYPE --inputs FILE   everything that bears the deployment's mark
  ${command} describe                            types, schemas and errors, as JSON
  ${command} --help | --version
${Object.entries(commands)
  .map(([own, { usage, summary }]) => `\n  ${command} ${own} ${usage}\n      ${summary}\n`)
  .join("")}
TYPE is one of: ${Object.keys(types).sort().join(", ")}.
FILE holds the inputs as a JSON object; without --inputs they are read from stdin. \`list\` needs only
\`connection\` and \`managedBy\`. Secrets are references in it, never values.

Exit status: 0 done, 1 failed or refused, 2 there are differences (plan, read), 3 not understood.
Environment: NIXOPS4_RESOURCES_LOG=debug|info|warn|error|silent, NIXOPS4_RESOURCES_LOG_FORMAT=json.
`;
}
