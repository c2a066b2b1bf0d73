import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { afterAll, beforeEach } from "vitest";

/** Real programs that must accept our output. */
export interface Programs {
  /** Returns the output. Throws unless the exit status is 0. */
  readonly run: (program: string, args: readonly string[], input?: string) => string;
  /** Creates a private file, as these programs expect of a key. It is removed after the test file. */
  readonly file: (text: string) => string;
}

/** Maps each program to its Debian package. If one is missing, the tests are skipped; in CI they fail. */
export function usePrograms(packages: Readonly<Record<string, string>>): Programs {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-generated-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async (context) => {
    await startOrSkip(context, async () => Object.entries(packages).map(([name, owner]) => findProgram(name, owner)));
  });
  let files = 0;
  return {
    run(program, args, input = "") {
      const { status, stdout, stderr, error } = spawnSync(program, args, { input, encoding: "utf8" });
      // A program may exit before it has read all of its input.
      if (error !== undefined && !("code" in error && error.code === "EPIPE")) throw error;
      if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}${stdout}`);
      return stdout.trim();
    },
    file(text) {
      const path = join(folder, String(files++));
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
  };
}
