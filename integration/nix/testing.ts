import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nixLiteral } from "@nixops4-resources/protocol-core/generate";
import { beforeEach, describe } from "vitest";
import { evaluate, parse } from "./evaluate.ts";
import { findNix, type Nix } from "./find-nix.ts";
import type { NoNix } from "./nix-program.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export interface NixForTests {
  /** Evaluates an expression with `resources` (this repository's default.nix) and `lib` (of the pinned nixpkgs). */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Throws if a file is not Nix code. */
  readonly parse: (file: string) => Promise<void>;
  /** For code that starts Nix itself; only within a test. */
  readonly nix: () => Nix;
}

/**
 * Describes tests that evaluate Nix code. If that is impossible, every test is skipped with the reason. In CI only the
 * sources may be missing, since Nix itself comes from Debian.
 */
export async function describeNix(subject: string, tests: (nix: NixForTests) => void): Promise<void> {
  const found = process.env["NO_SERVICES"] === "1" ? notWanted : await findNix({ bring: true });
  describe(subject, () => {
    beforeEach((test) => {
      if (!("missing" in found)) return;
      if (process.env["CI"] !== undefined && found.part === "program") throw new Error(found.missing);
      test.skip(`${found.missing}. ${found.hint}`);
    });
    const prelude = `
      let
        resources = import ${nixPath(repository)} { };
        lib = import ((import ${nixPath(join(repository, "flake-free-npins/npins"))}).nixpkgs-lib + "/lib");
      in`;
    tests({
      evaluate: (expression) => evaluate(whatWasFound(found), `${prelude} ${expression}`),
      parse: (file) => parse(whatWasFound(found), file),
      nix: () => whatWasFound(found),
    });
  });
}

function whatWasFound(found: Nix | NoNix): Nix {
  if ("missing" in found) throw new Error(found.missing);
  return found;
}

const notWanted: NoNix = { part: "sources", missing: "NO_SERVICES=1", hint: "Unset it to run them." };

/** A file or folder in a Nix expression; its name may contain any character. */
export function nixPath(path: string): string {
  return `(/. + ${nixLiteral(path)})`;
}

/** A JSON value in a Nix expression. */
export function nixJson(value: unknown): string {
  return `(builtins.fromJSON ${nixLiteral(JSON.stringify(value))})`;
}
