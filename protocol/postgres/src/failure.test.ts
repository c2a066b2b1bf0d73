import { ProviderError } from "@nixops4-resources/protocol-core";
import { expect, test } from "vitest";
import { connection } from "./connection.ts";
import { explainPostgresError } from "./failure.ts";

const server = connection.parse({ host: "db.example.org", user: "ada" });
const systemError = (code: string): Error => Object.assign(new Error(code), { code });
const serverError = (code: string, message: string, fields: { detail?: string; hint?: string } = {}): Error =>
  Object.assign(new Error(message), { code, severity: "ERROR", ...fields });

/** What a person sees of the error. */
const shown = (error: unknown): string => {
  if (!(error instanceof ProviderError)) throw new TypeError("the error is not explained");
  return `${error.message}\n${error.hint}`;
};

test.each(["EINVAL", "ENAMETOOLONG", "EMFILE", "ENOSPC", "EPERM"])("explains the system's error %s", (code) => {
  expect(explainPostgresError(systemError(code), server)).toMatchObject({
    code: "postgres.connection.unreachable",
    message: expect.stringContaining(code),
  });
});

test.each([
  ["53100", "could not extend file: No space left on device"],
  ["53200", "out of memory"],
  ["58030", "could not read block"],
])("explains a server that is out of resources, %s", (code, message) => {
  expect(explainPostgresError(serverError(code, message), server)).toMatchObject({
    code: "postgres.server.resources",
    hint: expect.stringContaining("on the server"),
  });
});

test.each([
  "23505",
  "23514",
  "22P02",
  "28000",
  "3D000",
  "42501",
  "53200",
  "53300",
  "55006",
  "55P03",
  "57014",
  "57P01",
  "57P03",
])("prints neither DETAIL nor HINT of the error %s", (code) => {
  const error = serverError(code, "short words", { detail: "Key (email)=(ada@example.org)", hint: "Try ada-2" });
  const text = shown(explainPostgresError(error, server));
  expect(text).toContain("short words");
  expect(text).not.toContain("ada@example.org");
  expect(text).not.toContain("ada-2");
});

test("names the required attributes of a denied statement, and nothing else of its DETAIL", () => {
  const detail = 'Only roles with the CREATEROLE attribute and the ADMIN option on role "ada" may alter this role.';
  const text = shown(explainPostgresError(serverError("42501", "permission denied to alter role", { detail }), server));
  expect(text).toContain("Grant the right (CREATEROLE, ADMIN) to ada, or connect");
  expect(text).not.toContain("Only roles");
});

test("prints the dependents in DETAIL of the error 2BP01, on one line", () => {
  const detail = "table s.a depends on schema s\nview s.b depends on schema s";
  expect(shown(explainPostgresError(serverError("2BP01", "cannot drop schema s", { detail }), server))).toContain(
    "cannot drop schema s (table s.a depends on schema s; view s.b depends on schema s) (SQLSTATE 2BP01)",
  );
});

test.each(["2BP01", "42501", "57P01", "XX000"])("bounds and escapes the texts of the error %s", (code) => {
  const long = `\u001b[2J\n${"x".repeat(10_000)}`;
  const text = shown(explainPostgresError(serverError(code, long, { detail: long, hint: long }), server));
  expect(text.length).toBeLessThan(1000);
  expect(text).toContain(String.raw`\u001b[2J x`);
  expect(text).not.toContain("\u001b");
});
