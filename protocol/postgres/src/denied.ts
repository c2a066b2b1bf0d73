/** Attributes of a role, and the option of a membership, that PostgreSQL's commands require. */
const rights = /\b(?:ADMIN|BYPASSRLS|CREATEDB|CREATEROLE|REPLICATION|SUPERUSER)\b/g;

/** The action after a denied statement (SQLSTATE 42501). `message` and `detail` are the server's. */
export function howToAllow(user: string, message: string, detail = ""): string {
  // From PostgreSQL 15 on, a superuser can let others set a parameter.
  const [, parameter] = /^permission denied to set parameter "(.+)"$/.exec(message) ?? [];
  if (parameter !== undefined) return `As a superuser, run GRANT SET ON PARAMETER ${parameter} TO ${user}`;
  // PostgreSQL 16 and later name the required attribute only in DETAIL. Of that text, only these keywords are printed.
  const required = [...new Set(detail.match(rights))];
  const right = required.length === 0 ? "the right" : `the right (${required.join(", ")})`;
  return `Grant ${right} to ${user}, or connect as another role; the documentation of this type lists the least rights`;
}
