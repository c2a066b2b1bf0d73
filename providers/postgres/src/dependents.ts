import { serverErrorOf } from "@nixops4-resources/protocol-postgres";

const shown = 5;

/** What keeps an object from being dropped, as the server names it; undefined where the failure was another one. */
export function dependentsIn(error: unknown): string | undefined {
  const { code, detail = "" } = serverErrorOf(error) ?? {};
  if (code !== "2BP01") return undefined;
  // "table s.t depends on schema s", one a line; where they are many the server says so in the last one.
  const lines = detail.split("\n");
  const more = lines.length > shown ? `, and ${lines.length - shown} more` : "";
  return lines.slice(0, shown).join(", ") + more;
}
