import { expect, test } from "vitest";
import { connection } from "./connection.ts";
import { explainPostgresError } from "./failure.ts";

const server = connection.parse({ host: "db.example.org", user: "ada" });
const systemError = (code: string): Error => Object.assign(new Error(code), { code });
const serverError = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code, severity: "ERROR" });

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
