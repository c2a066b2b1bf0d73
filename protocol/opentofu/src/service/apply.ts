import type { Properties } from "@nixops4-resources/protocol-core/engine";
import { toEngine } from "../schema/convert.ts";
import type { ObjectValue } from "../values/value.ts";
import { diagnosticOf, failed } from "./diagnostics.ts";
import type { Requests } from "./messages.ts";
import { extant, fateOf, keptWarning } from "./plan.ts";
import { encodePrivate, lastApplied } from "./private.ts";
import { overrideOf, resourceValue, type ServedType } from "./served-type.ts";
import type { Session } from "./session.ts";

type Request = Requests["ApplyResourceChange"];

/** Applies a planned change. A failure returns the state as it was, and no state for an object that was to be created. */
export async function applyChange(session: Session, request: Request): Promise<object> {
  const type = session.types.get(request.type_name);
  const [prior, planned] = [type.decode(request.prior_state), type.decode(request.planned_state)];
  try {
    if (session.isStopped) {
      throw failed("the run was interrupted before this change began", "opentofu.interrupted", "Apply again");
    }
    if (planned !== null) return await converge(session, type, planned, lastApplied(type, request.planned_private));
    return prior === null ? { new_state: type.encode(null) } : await destroy(session, type, prior);
  } catch (error) {
    const diagnostic = diagnosticOf(error, `apply ${request.type_name}`);
    const detail = prior === null ? `${diagnostic.detail}\n${unrecorded}`.trim() : diagnostic.detail;
    return {
      new_state: type.encode(prior),
      private: request.planned_private,
      diagnostics: [{ ...diagnostic, detail }],
    };
  }
}

/**
 * The engine would replace an object that a failed create leaves in the state: it would delete what was there before. So
 * none is left there.
 */
const unrecorded =
  "The state does not contain this resource until an apply succeeds, which continues from what exists. Until then, a destroy does not delete what this attempt may have created.";

async function converge(
  { ask, config }: Session,
  type: ServedType,
  planned: ObjectValue,
  previous: ObjectValue | undefined,
): Promise<object> {
  const inputs = type.inputsOf(planned);
  const override = overrideOf(planned);
  const inputProperties = known(type, type.requestInputs(inputs, override, config));
  const { outputProperties } =
    previous === undefined
      ? await ask("create", { type: type.name, inputProperties, isStateful: true })
      : await ask("update", { resource: extant(type, previous), inputProperties });
  const outputs = toEngine(outputProperties, type.schema.outputs);
  return {
    new_state: type.encode(resourceValue(inputs, override, outputs)),
    private: encodePrivate(type, inputs),
  };
}

async function destroy(session: Session, type: ServedType, prior: ObjectValue): Promise<object> {
  const fate = await fateOf(session, type, prior);
  const inputProperties = known(type, type.requestInputs(type.inputsOf(prior), overrideOf(prior), session.config));
  await session.ask("destroy", { resource: { type: type.name, inputProperties } });
  return { new_state: type.encode(null), diagnostics: fate === undefined ? [] : keptWarning(type, fate) };
}

/** The engine never applies unknown values. */
function known(type: ServedType, inputs: Properties | undefined): Properties {
  if (inputs === undefined) throw new TypeError(`An input of ${type.name} is unknown in an apply`);
  return inputs;
}
