import { describe, expect, test } from "vitest";
import { checksFile, runChecks } from "./checks.ts";
import { startEmulator } from "./start-emulator.ts";

interface Checks {
  readonly file: string;
  readonly ok: number;
  /** Checks that the emulator does not pass, each with the reason. */
  readonly exceptions: Readonly<Record<string, string>>;
}

const files: readonly Checks[] = [
  {
    file: "checks.py",
    ok: 56,
    exceptions: {
      "schema: 400 all errors at once": "It expects a maximum of `cores`, which the real server does not have either.",
    },
  },
  { file: "checks-tenant.py", ok: 301, exceptions: {} },
];

describe("the emulator", () => {
  test.for(files)(
    "does what the real server does in $ok checks of $file",
    { timeout: 240_000 },
    async ({ file, ok, exceptions }, { skip }) => {
      if (process.env["NO_SERVICES"] === "1") skip("NO_SERVICES=1");
      const path = checksFile(file) ?? skip(`${file} is missing: set NIXOPS4_RESOURCES_CHECKS to its folder`);
      await using server = await startEmulator({});
      const result = await runChecks(server, path);
      expect(result.differing, result.output).toEqual(Object.keys(exceptions));
      expect(result.ok).toBe(ok);
    },
  );
});
