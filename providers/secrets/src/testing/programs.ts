import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram } from "@nixops4-resources/integration-servers/process/find-program";
import { startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { afterAll, beforeEach } from "vitest";

/** The real programs that have to agree with what we make. */
export interface Programs {
  /** What the program prints. Throws where it ends with another status than 0. */
  readonly run: (program: string, args: readonly string[], input?: string) => string;
  /** A file that only its owner may read, as these programs want it of a key; gone at the end of the test file. */
  readonly file: (text: string) => string;
}

/** Programs by the Debian package that has them. Where one lacks, the tests are skipped; in CI they fail. */
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
      // A program that has seen enough need not read all of its input.
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
