import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import { serverErrorOf } from "@nixops4-resources/protocol-postgres";

const maximumShown = 5;

/** The objects that prevent a DROP, as the server names them; undefined if the error has another cause. */
export function dependentsIn(error: unknown): string | undefined {
  const { code, message = "", detail = message } = serverErrorOf(error) ?? {};
  // https://www.postgresql.org/docs/18/errcodes-appendix.html: dependent_objects_still_exist
  if (code !== "2BP01") return undefined;
  // One line per object: "table s.t depends on schema s". If there are many, the last line says how many were omitted.
  const lines = detail.split("\n");
  const more = lines.length > maximumShown ? `, and ${lines.length - maximumShown} more` : "";
  const shown = lines.slice(0, maximumShown).map((line) => safeText(line));
  return shown.join(", ") + more;
}
