import type { ApiToken } from "../admin/shapes.ts";
import type { TokenChanges } from "../admin/writer.ts";
import type { Inputs } from "./inputs.ts";

type Settings = Pick<Inputs, "scopes" | "expiresAt">;

/** The settings in the form of the inputs, as wanted if they mean the same. */
export const seenSettings = (token: ApiToken, want: Settings): Settings => ({
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only compared and shown
  scopes: isSameSet(token.scope, want.scopes) ? want.scopes : (token.scope as Settings["scopes"]),
  expiresAt: seenExpiration(token.expiration ?? null, want.expiresAt),
});

function seenExpiration(current: string | null, wanted: string | null): string | null {
  if (wanted === null) return null;
  if (current === null) return "never";
  return Date.parse(current) === Date.parse(wanted) ? wanted : current;
}

/** What to send so that a token has the wanted settings. A new one never expires, unless it is told. */
export const toApi = ({ scopes, expiresAt }: Settings): TokenChanges => ({
  scope: scopes,
  ...(expiresAt === "never" && { neverExpires: true }),
  ...(expiresAt !== null && expiresAt !== "never" && { expiration: expiresAt }),
});

const isSameSet = (some: readonly string[], others: readonly string[]): boolean =>
  some.every((one) => others.includes(one)) && others.every((one) => some.includes(one));
