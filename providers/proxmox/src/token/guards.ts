import { failure } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { tokenIdOf } from "../api/token-text.ts";
import { idOf, type Wanted } from "./inputs.ts";

/** Throws if the token is the one that the provider uses. */
export async function requireForeign(
  client: ProxmoxReader,
  want: Pick<Wanted, "name" | "user">,
  what: "deletes" | "renews",
): Promise<void> {
  if (tokenIdOf(await client.ownToken()) !== idOf(want)) return;
  throw failure(
    `${idOf(want)} is the token of \`connection.token\`, which the provider never ${what}`,
    "proxmox.token.own",
    what === "deletes"
      ? 'Set `deletion = "retain"`, or use another token in `connection.token`'
      : "Import its secret into the store, or use another token in `connection.token`",
  );
}
