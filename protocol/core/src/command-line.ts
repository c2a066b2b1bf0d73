import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
// One shared chunk: see tsup.config.ts.
import "./index.ts";
import { answer, type Answer } from "./answer.ts";
import { writeFully } from "./lines.ts";
import { openStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import { isObject, messages, type Properties } from "./wire.ts";

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

/**
 * The executable as a command for people. Prints the body of the answer as JSON on stdout, errors on stderr; the exit
 * status is 0, 1 (failed), 2 (plan or read: there are differences) or 3 (not understood).
 */
export async function commandLine(provider: Provider, args: string[]): Promise<number> {
  const parsed = parse(args);
  if (typeof parsed === "string") return misunderstood(provider, parsed);
  const { values, verb } = parsed;
  if (values.help === true) return print(help(provider));
  if (values.version === true) return print(`nixops4-resources-${provider.name} ${provider.version}\n`);
  if (verb === undefined) return misunderstood(provider, "Name a command");
  if (verb === "describe") return await run(provider, { [messages.describe.request]: {} });
  if (!isVerb(verb)) return misunderstood(provider, `There is no command ${JSON.stringify(verb)}`);
  if (values.type === undefined) return misunderstood(provider, "Name the resource type with --type");
  const inputs = readInputs(values.inputs ?? "-");
  if (typeof inputs === "string") return misunderstood(provider, inputs);
  return await run(provider, verbs[verb]({ type: values.type, inputProperties: inputs }));
}

function parse(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        type: { type: "string", short: "t" },
        inputs: { type: "string", short: "i" },
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
      },
    });
    if (positionals.length > 1) return `One command at a time, not ${positionals.join(" and ")}`;
    return { values, verb: positionals[0] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const isVerb = (name: string): name is keyof typeof verbs => Object.hasOwn(verbs, name);

/** The inputs in a JSON file, or what is wrong with it. */
function readInputs(path: string): Properties | string {
  try {
    const inputs: unknown = JSON.parse(readFileSync(path === "-" ? 0 : path, "utf8"));
    return isObject(inputs) ? inputs : `${path} does not hold a JSON object`;
  } catch (error) {
    return `The inputs cannot be read from ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Through the very path of a line of input, so that a person sees what NixOps4 would. */
async function run(provider: Provider, request: object): Promise<number> {
  await using stores = openStores();
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

function help({ name, title, description, types }: Provider): string {
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

TYPE is one of: ${Object.keys(types).sort().join(", ")}.
FILE holds the inputs as a JSON object; without --inputs they are read from stdin. \`list\` needs only
\`connection\` and \`managedBy\`. Secrets are references in it, never values.

Exit status: 0 done, 1 failed or refused, 2 there are differences (plan, read), 3 not understood.
Environment: NIXOPS4_RESOURCES_LOG=debug|info|warn|error|silent, NIXOPS4_RESOURCES_LOG_FORMAT=json.
`;
}
