import { ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "../errors.ts";
import type { DatabaseInputs } from "./inputs.ts";

const member = "identity";

/**
 * Name of the site whose data the database holds, as its mark records it. A damaged value is returned as JSON: it differs
 * from every name, so that no request overwrites it silently.
 */
export function identityIn(mark: Mark | undefined): string | undefined {
  const identity = mark?.more?.[member];
  return identity === undefined || typeof identity === "string" ? identity : JSON.stringify(identity);
}

/** The mark with this identity; null keeps the one that it has. */
export const withIdentity = (mark: Mark, identity: string | null): Mark =>
  identity === null ? mark : { ...mark, more: { ...mark.more, [member]: identity } };

/**
 * Refuses another identity than that of the mark, whatever a state remembers. An immutable input would not do: it is
 * compared with the state too, it rejects null, and nothing can permit its change.
 */
export function refuseOtherSite(
  { identity, newSite }: Pick<DatabaseInputs, "identity" | "newSite">,
  mark: Mark | undefined,
): ProviderError<ErrorCode> | undefined {
  const stored = identityIn(mark);
  if (newSite || identity === null || stored === undefined || stored === identity) return undefined;
  return new ProviderError<ErrorCode>(
    `it holds the data of the site ${stored}, and \`identity\` is ${identity}; other servers of the federation know a site by its name permanently`,
    {
      code: "postgres.database.identity",
      hint: `Set \`identity = ${JSON.stringify(stored)}\`; to start a new site, declare another database, or set \`newSite = true\` for one apply to use this one`,
    },
  );
}
