import type { Commands } from "./command.ts";
import type { Provider } from "./provider.ts";
import { ProviderError } from "../report/error.ts";
import { isReserved } from "./verbs.ts";

/** Loads the provider's own commands. Rejects a reserved name, which would hide a verb: a mistake of the provider's author. */
export async function loadCommands({ name, commands: load }: Pick<Provider, "name" | "commands">): Promise<Commands> {
  const commands = (await load?.())?.default ?? {};
  const reserved = Object.keys(commands).filter(isReserved);
  if (reserved.length === 0) return commands;
  const names = reserved.map((one) => `\`${one}\``).join(", ");
  throw new ProviderError(`a command of nixops4-resources-${name} has the name of a verb or a request: ${names}`, {
    code: "protocol.bug",
    hint: "Rename the command in `commands` of the provider, so that it does not hide the verb",
  });
}
