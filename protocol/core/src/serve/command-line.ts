import { parseArgs } from "node:util";
import { answer, type Answer } from "./answer.ts";
import { readObject, toJson, UsageError, type CommandArguments, type CommandOption } from "./command.ts";
import { explain } from "./explain.ts";
import { printable } from "../report/printable.ts";
import { writeStderrNow } from "../request/context.ts";
import { isBrokenPipe, writeFully } from "../wire/lines.ts";
import { OpenStores } from "./open-stores.ts";
import { loadCommands } from "./own-commands.ts";
import type { Provider } from "./provider.ts";
import { commandHelp, programHelp, programName, verbHelp } from "./help.ts";
import { helpOption, isVerb, verbs, type VerbName } from "./verbs.ts";
import { isObject, type Properties } from "../wire/wire.ts";

/**
 * The executable as a command for people. Prints the result on stdout and errors on stderr. The exit status is 0, 1 (failed
 * or refused), 2 (plan or read found differences) or 3 (invalid command line).
 */
export async function commandLine(provider: Provider, args: string[]): Promise<number> {
  const [name = ""] = args;
  try {
    return await runCommand(provider, name, args);
  } catch (error) {
    if (error instanceof UsageError) return complain(usageText(error, helpHint(provider, name)), 3);
    return complain(explain(error, `run ${name === "" ? "the command" : name}`), 1);
  }
}

/** The command comes first, so that the value of an option is never taken for a command. */
async function runCommand(provider: Provider, name: string, args: string[]): Promise<number> {
  const commands = await loadCommands(provider);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) {
    const { values, positionals } = parse(args.slice(1), { ...command.options, ...helpOption });
    if (values["help"] === true) return print(commandHelp(provider, name, command));
    return await command.run({ values, positionals }, print);
  }
  if (isVerb(name)) return await runVerb(provider, name, args.slice(1));
  if (name !== "" && !name.startsWith("-")) {
    throw await unknownCommand(name, Object.keys({ ...verbs, ...commands }));
  }
  if (args.length > 1) throw new UsageError("Name the command before its options");
  const { values } = parse(args, { ...helpOption, version: { type: "boolean" } });
  if (values["help"] === true) return print(programHelp(provider, commands));
  if (values["version"] === true) return print(`${programName(provider)} ${provider.version}\n`);
  throw new UsageError("Name a command");
}

async function runVerb(provider: Provider, name: VerbName, args: string[]): Promise<number> {
  const { options, request } = verbs[name];
  const { values, positionals } = parse(args, options);
  if (values["help"] === true) return print(await verbHelp(provider, name, values["type"]));
  if (positionals.length > 0) throw new UsageError(`\`${name}\` takes no argument ${JSON.stringify(positionals[0])}`);
  if (name === "describe") return await send(provider, request({ type: "", inputProperties: {} }), toJson);
  const { type, inputs = "-", json } = values;
  if (typeof type !== "string") throw new UsageError("Name the resource type with --type");
  const given = { type, inputProperties: await readObject(String(inputs)) };
  const isText = (name === "plan" || name === "read" || name === "list") && json !== true;
  if (!isText) return await send(provider, request(given), toJson);
  const { replyText } = await import("./reply-text.ts");
  return await send(provider, request(given), (body) => replyText(name, provider, given, body));
}

function parse(args: string[], options: Readonly<Record<string, CommandOption>>): CommandArguments {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { ...options } });
    return {
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, last(value)])),
      positionals,
    };
  } catch (error) {
    // node:util adds advice about `--`, which no command needs.
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/, 1);
    throw new UsageError(reason.replace(/\.$/, ""));
  }
}

/** parseArgs returns an array only for an option that may be repeated, and none may. */
const last = (value: string | boolean | (string | boolean)[] | undefined): string | boolean | undefined =>
  Array.isArray(value) ? value.at(-1) : value;

/** Sends the request along the path of a line of input, so that a person gets the same answer as NixOps4. */
async function send(
  provider: Provider,
  request: object,
  toText: (body: Properties) => string | Promise<string>,
): Promise<number> {
  await using stores = new OpenStores();
  // A failure is printed below, so it needs no line of its own.
  const reply = await answer(provider, JSON.stringify(request), stores, {}, () => undefined);
  const [kind = "", body = {}] = Object.entries(reply)[0] ?? [];
  if (kind === "errorResponse") return complain(messageOf(reply), 1);
  print(await toText({ ...body }));
  const differs = "differences" in body && Array.isArray(body.differences) && body.differences.length > 0;
  if ("action" in body && body.action === "refuse") return 1;
  return differs ? 2 : 0;
}

function messageOf({ errorResponse }: Answer): string {
  return isObject(errorResponse) ? String(errorResponse["message"]) : "";
}

/** A reader that has enough (`log | head`) does not stop a command in the middle of its work. */
function print(content: string | Uint8Array): number {
  try {
    writeFully(1, content);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
  }
  return 0;
}

function complain(text: string, status: number): number {
  writeStderrNow(`${printable(text)}\n`);
  return status;
}

/** Ends the process for an error that nobody caught, such as one from an event of a client library. */
export function failCommand(error: unknown): never {
  process.exit(complain(explain(error, "run the command"), 1));
}

async function unknownCommand(name: string, known: string[]): Promise<UsageError> {
  const { nearest } = await import("../converge/words.ts");
  const guess = nearest(name, known);
  const hint = guess === undefined ? `Use one of ${known.join(", ")}` : `Did you mean \`${guess}\`?`;
  return new UsageError(`Unknown command ${JSON.stringify(name)}`, hint);
}

/** The help that lists what is valid here. */
function helpHint(provider: Provider, name: string): string {
  const program = programName(provider);
  return `Run \`${name === "" || name.startsWith("-") ? program : `${program} ${name}`} --help\``;
}

function usageText({ message, hint }: UsageError, otherwise: string): string {
  const text = hint ?? otherwise;
  return `${message}.\nHint: ${text}${text.endsWith("?") ? "" : "."}`;
}
