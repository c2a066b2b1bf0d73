import * as z from "zod";
import { DriverError, ProviderFailure } from "../errors.ts";
import { isJsonObject, parseJson, type Json, type JsonObject } from "../json.ts";

const properties = z.record(z.string(), z.json());
const difference = z.strictObject({ field: z.string(), current: z.json(), wanted: z.json() });

/** A JSON Schema, which is not validated here. */
const jsonSchema = z.record(z.string(), z.json());

/** One kind of answer: its key, and the schema of its body. */
export interface AnswerType<Answer> {
  readonly key: string;
  readonly schema: z.ZodType<Answer>;
}

/** The answers that the driver expects; unknown fields are rejected, as in the protocol's schema. */
export const answers = {
  create: answer("createResourceResponse", z.strictObject({ outputProperties: properties })),
  update: answer("updateResourceResponse", z.strictObject({ outputProperties: properties })),
  stateRead: answer("stateResourceReadResponse", z.strictObject({ state: properties })),
  stateEvent: answer("stateResourceEventResponse", z.strictObject({})),
  destroy: answer("destroyResourceResponse", z.strictObject({})),
  planDestroy: answer(
    "planDestroyResourceResponse",
    z.strictObject({ action: z.enum(["delete", "retain", "none", "refuse"]), reason: z.nullable(z.string()) }),
  ),
  read: answer(
    "readResourceResponse",
    z.strictObject({
      exists: z.boolean(),
      managedBy: z.nullable(z.string()),
      outputProperties: z.nullable(properties),
      differences: z.array(difference),
    }),
  ),
  plan: answer(
    "planResourceResponse",
    z.strictObject({
      action: z.enum(["create", "update", "adopt", "none", "refuse"]),
      differences: z.array(difference),
      reason: z.nullable(z.string()),
    }),
  ),
  // Only the fields that the driver uses.
  describe: answer(
    "describeProviderResponse",
    z.object({
      resourceTypes: z.record(
        z.string(),
        z.object({
          stableOutputs: z.array(z.string()),
          storesState: z.optional(z.boolean()),
          bearsMark: z.optional(z.boolean()),
          identity: z.optional(z.array(z.string())),
          sharedBy: z.optional(z.nullable(z.object({ flag: z.string(), part: z.string() }))),
          inputs: z.optional(jsonSchema),
          outputs: jsonSchema,
        }),
      ),
    }),
  ),
};

export type DestroyPlan = z.output<typeof answers.planDestroy.schema>;
export type Plan = z.output<typeof answers.plan.schema>;

/** The answer in a line of a provider's stdout. See `readAnswer`. */
export function parseAnswer<Answer>(type: AnswerType<Answer>, line: string, provider: string): Answer {
  let value: Json;
  try {
    value = parseJson(line);
  } catch {
    throw wrongAnswer(provider, line.trim() === "" ? "it is an empty line" : "it is not JSON");
  }
  return readAnswer(type, value, provider);
}

/**
 * The answer in a message. Throws ProviderFailure for an `errorResponse`, and DriverError for anything that is not an answer
 * of this type. The error does not repeat the message, since it may contain outputs.
 */
export function readAnswer<Answer>(type: AnswerType<Answer>, value: Json, provider: string): Answer {
  const wrong = (reason: string) => wrongAnswer(provider, reason);
  const [entry, ...more] = isJsonObject(value) ? Object.entries(value) : [];
  if (entry === undefined || more.length > 0) throw wrong("it is not an object with one key");
  const [key, inner] = entry;
  if (key === "errorResponse") throw failure(inner, wrong);
  if (key !== type.key) throw wrong(`it is ${key}, but ${type.key} was expected`);
  const parsed = type.schema.safeParse(inner);
  if (!parsed.success) throw wrong(`its ${key} does not follow the protocol (${z.prettifyError(parsed.error)})`);
  return parsed.data;
}

function answer<Answer>(key: string, schema: z.ZodType<Answer>): AnswerType<Answer> {
  return { key, schema };
}

const wrongAnswer = (provider: string, reason: string): DriverError =>
  new DriverError("driver.provider.answer", `Unable to read the answer of ${provider}: ${reason}.`);

function failure(inner: Json, wrong: (reason: string) => DriverError): Error {
  const message = isJsonObject(inner) ? inner["message"] : undefined;
  return typeof message === "string" ? new ProviderFailure(message) : wrong("its errorResponse has no message");
}

/** One request, in the protocol's one-key style. */
export type Request = { readonly [Name in `${string}Request` | "stateResourceEvent"]?: JsonObject };
