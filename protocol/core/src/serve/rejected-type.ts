import { nearest } from "../converge/words.ts";
import { ProviderError } from "../report/error.ts";
import type { Provider } from "./provider.ts";

/** The request names a type that the provider does not have. */
export function unknownType({ name, types }: Provider, type: string): ProviderError {
  const known = Object.keys(types);
  const guess = nearest(type, known);
  return new ProviderError(`nixops4-resources-${name} has no resource type ${JSON.stringify(type)}`, {
    code: "protocol.type.unknown",
    hint: guess === undefined ? `Its types are ${known.join(", ")}` : `Did you mean \`${guess}\`?`,
  });
}

/** Without a state, the provider could not find the object of this type again. */
export function needsState(type: string): ProviderError {
  return new ProviderError(`resources of type ${type} need a state`, {
    code: "protocol.state.required",
    hint: "Set `state` of the member to a state resource, such as `members.state`",
  });
}
