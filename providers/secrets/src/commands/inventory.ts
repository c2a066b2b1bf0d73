import { Misunderstood, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { openReader } from "./store.ts";
import { minute, toTable } from "./table.ts";

/** One line per secret. */
export async function list(given: CommandArguments, print: (text: string) => void): Promise<number> {
  if (given.positionals.length > 0) throw new Misunderstood("`list` takes no name; `show NAME` tells of one secret");
  await using store = await openReader(given);
  const rows = (await store.list()).map(({ name, mark, specification, current }) => [
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
