import type { CommandOption, ReservedName } from "./command.ts";
import { messages, type Properties } from "../wire/wire.ts";

/** A verb of the command line, which every provider has. */
export interface Verb {
  /** One short phrase for help. */
  readonly summary: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** The request that the verb sends. */
  request(given: { type: string; inputProperties: Properties }): object;
}

const help = { help: { type: "boolean", short: "h" } } as const;
const resource = { ...help, type: { type: "string", short: "t" }, inputs: { type: "string", short: "i" } } as const;
const looking = { ...resource, json: { type: "boolean" } } as const;

export const helpOption = help;

/** In the order of the help text. */
export const verbs = {
  plan: {
    summary: "show what create or update would do, field by field; writes nothing",
    options: looking,
    request: ({ type, inputProperties }) => ({ [messages.plan.request]: { type, inputProperties } }),
  },
  read: {
    summary: "show what exists and how it differs from the inputs; writes nothing",
    options: looking,
    request: (extant) => ({ [messages.read.request]: { resource: extant } }),
  },
  list: {
    summary: "list everything of a type that carries the deployment's mark; writes nothing",
    options: looking,
    request: ({ type, inputProperties: { connection, managedBy } }) => ({
      [messages.list.request]: { type, inputProperties: { connection, managedBy } },
    }),
  },
  create: {
    summary: "create the resource, or update it to match the inputs; prints the outputs as JSON",
    options: resource,
    request: ({ type, inputProperties }) => ({
      [messages.create.request]: { type, inputProperties, isStateful: true },
    }),
  },
  update: {
    summary: "the same as create",
    options: resource,
    request: (extant) => ({
      [messages.update.request]: { resource: extant, inputProperties: extant.inputProperties },
    }),
  },
  delete: {
    summary: 'delete the resource; with `"deletion": "retain"` in the inputs, remove only its mark',
    options: resource,
    request: (extant) => ({ [messages.destroy.request]: { resource: extant } }),
  },
  describe: {
    summary: "print types, schemas and error codes as JSON",
    options: help,
    request: () => ({ [messages.describe.request]: {} }),
  },
} as const satisfies Record<string, Verb>;

export type VerbName = keyof typeof verbs;

export const isVerb = (name: string): name is VerbName => Object.hasOwn(verbs, name);

/** Whether a provider's own command must not have this name. */
export const isReserved = (name: string): name is ReservedName => isVerb(name) || Object.hasOwn(messages, name);
