import { toJson, UsageError, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { toTable } from "@nixops4-resources/protocol-core/table";
import { openReader } from "./store.ts";
import { minute } from "./minute.ts";

/** One line per secret, or everything but the values as JSON. */
export async function inventory(given: CommandArguments, print: (text: string) => void): Promise<number> {
  if (given.positionals.length > 0) throw new UsageError("`inventory` takes no name. `show NAME` shows one secret");
  await using store = await openReader(given);
  const secrets = await store.list();
  if (given.values["json"] === true) {
    print(toJson(secrets));
    return 0;
  }
  const rows = secrets.map(({ name, mark, specification, current }) => [
    name,
    String(current.version),
    Object.keys(specification)[0] ?? "(imported)",
    mark?.managedBy ?? "(unmanaged)",
    minute(current.createdAt),
    current.expiresAt === null ? "" : minute(current.expiresAt),
  ]);
  print(toTable(["NAME", "VERSION", "GENERATOR", "MANAGED BY", "CREATED (UTC)", "EXPIRES (UTC)"], rows));
  return 0;
}
