import { fromStateJson } from "../values/state-json.ts";
import { isObjectValue } from "../values/value.ts";
import { failed } from "./diagnostics.ts";
import type { Requests } from "./messages.ts";
import { outputsOf, overrideOf, resourceValue, type ServedType } from "./served-type.ts";
import type { Session } from "./session.ts";

/** Reads a state that this or an older version wrote. The engine asks for this at every start. */
export function upgradeState(session: Session, { type_name, raw_state }: Requests["UpgradeResourceState"]): object {
  return { upgraded_state: stateOf(session.types.get(type_name), raw_state.json) };
}

function stateOf(type: ServedType, json: Buffer): { msgpack: Buffer } {
  const state = fromStateJson(json.toString(), type.type);
  if (!isObjectValue(state)) return type.encode(null);
  return type.encode(resourceValue(type.inputsOf(state), overrideOf(state), outputsOf(state)));
}

/** Takes over the state of the same type of this provider, under whatever address the engine knew it. */
export function moveState(session: Session, request: Requests["MoveResourceState"]): object {
  const { source_type_name, target_type_name, source_provider_address } = request;
  const type = session.types.get(target_type_name);
  const isSame = source_type_name === target_type_name && source_provider_address.endsWith(`/${type.provider.name}`);
  if (!isSame) {
    throw failed(
      `a resource of type ${source_type_name} cannot become one of type ${target_type_name}`,
      "opentofu.move.type",
      "Import the object under the new type, and remove the old resource with a `removed` block",
    );
  }
  return { target_state: stateOf(type, request.source_state.json), target_private: request.source_private };
}
