import type { Properties } from "@nixops4-resources/protocol-core/engine";
import { hasUnknown, isEqualValue, isObjectValue, unknown, type ObjectValue, type Value } from "../values/value.ts";
import { warning } from "./diagnostics.ts";
import type { Diagnostic, Requests } from "./messages.ts";
import { lastApplied } from "./private.ts";
import { outputsOf, overrideOf, resourceValue, type ServedType } from "./served-type.ts";
import type { Session } from "./session.ts";

type Request = Requests["PlanResourceChange"];

export async function planChange(session: Session, request: Request): Promise<object> {
  const type = session.types.get(request.type_name);
  const [prior, config] = [type.decode(request.prior_state), type.decode(request.config)];
  const planned_private = request.prior_private;
  if (config === null) {
    const diagnostics = prior === null ? [] : await planDestroy(session, type, prior);
    return { planned_state: type.encode(null), planned_private, diagnostics };
  }
  const inputs = type.inputsOf(config);
  const override = overrideOf(config);
  const wanted = type.requestInputs(inputs, override, session.config);
  const previous = lastApplied(type, planned_private);
  const plan = wanted && (await look(session, type, wanted, previous));
  if (plan?.action === "refuse") {
    return {
      diagnostics: [{ severity: "ERROR", summary: `Unable to plan ${request.type_name}`, detail: plan.reason }],
    };
  }
  const isChanged =
    prior === null || !isEqualValue(type.inputsOf(prior), inputs) || !isEqualValue(overrideOf(prior), override);
  const outputs =
    isChanged || (plan !== undefined && plan.action !== "none")
      ? outputsAfter(type, prior, plan?.action, isChanged)
      : outputsOf(prior);
  return { planned_state: type.encode(resourceValue(inputs, override, outputs)), planned_private };
}

interface Plan {
  action: string;
  reason: string;
}

async function look(
  { ask }: Session,
  type: ServedType,
  wanted: Properties,
  previous: ObjectValue | undefined,
): Promise<Plan> {
  const { action, reason } = await ask("plan", {
    type: type.name,
    inputProperties: wanted,
    ...(previous !== undefined && { resource: extant(type, previous) }),
  });
  return { action: String(action), reason: String(reason) };
}

/** The resource as the last apply left it. */
export const extant = (type: ServedType, applied: ObjectValue): { type: string; inputProperties: Properties } => ({
  type: type.name,
  inputProperties: type.ownInputs(applied, type.schema.inputs),
});

/** The outputs that a change may leave as they are stay known. A change that no input shows must show in the outputs. */
function outputsAfter(
  { schema }: ServedType,
  prior: ObjectValue | null,
  action: string | undefined,
  isChanged: boolean,
): Value {
  const before = prior === null ? null : outputsOf(prior);
  if (action === "create" || !isObjectValue(before)) return unknown;
  const after: ObjectValue = Object.fromEntries(
    schema.outputs.fields.map(({ name, input }) => [
      name,
      schema.stableOutputs.includes(input) ? (before[name] ?? null) : unknown,
    ]),
  );
  return isChanged || hasUnknown(after) ? after : unknown;
}

async function planDestroy(session: Session, type: ServedType, prior: ObjectValue): Promise<Diagnostic[]> {
  const fate = await fateOf(session, type, prior);
  if (fate?.action !== "refuse") return fate === undefined ? [] : keptWarning(type, fate);
  return [{ severity: "ERROR", summary: `Unable to destroy ${type.provider.name}_${type.name}`, detail: fate.reason }];
}

/** What a destroy would do; undefined if the connection is not known yet. */
export async function fateOf(session: Session, type: ServedType, prior: ObjectValue): Promise<Plan | undefined> {
  const inputProperties = type.requestInputs(type.inputsOf(prior), overrideOf(prior), session.config);
  if (inputProperties === undefined) return undefined;
  const { action, reason } = await session.ask("planDestroy", { resource: { type: type.name, inputProperties } });
  return { action: String(action), reason: String(reason) };
}

export const keptWarning = (type: ServedType, { action, reason }: Plan): Diagnostic[] =>
  action === "retain"
    ? [
        warning(
          `Destroying keeps the ${type.name.replaceAll("_", " ")}`,
          `It stays on the backend without the deployment's mark, since ${reason}. Set \`deletion = "delete"\` and apply before the destroy to delete it.`,
        ),
      ]
    : [];
