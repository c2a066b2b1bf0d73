import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nixLiteral } from "@nixops4-resources/protocol-core/generate";
import { beforeEach, describe } from "vitest";
import { evaluate, parse } from "./evaluate.ts";
import { findNix, type Nix } from "./find-nix.ts";
import type { NoNix } from "./nix-program.ts";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

export interface NixForTests {
  /** Evaluates an expression in which `resources` is this repository's default.nix and `lib` the pinned nixpkgs' lib. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Throws where a file is not Nix code. */
  readonly parse: (file: string) => Promise<void>;
  /** For what starts Nix itself; only within a test. */
  readonly nix: () => Nix;
}

/**
 * Describes tests that evaluate Nix code. Where that cannot be done every test is skipped with the reason; in CI only
 * the sources may lack, since Nix itself comes from Debian.
 */
export async function describeNix(subject: string, tests: (nix: NixForTests) => void): Promise<void> {
  const found = process.env["NO_SERVICES"] === "1" ? notWanted : await findNix({ bring: true });
  describe(subject, () => {
    beforeEach((test) => {
      if (!("missing" in found)) return;
      if (process.env["CI"] !== undefined && found.lacks === "program") throw new Error(found.missing);
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

const notWanted: NoNix = { lacks: "sources", missing: "NO_SERVICES=1", hint: "Unset it to run them." };

/** A file or folder in a Nix expression, whatever is in its name. */
export function nixPath(path: string): string {
  return `(/. + ${nixLiteral(path)})`;
}

/** A JSON value in a Nix expression. */
export function nixJson(value: unknown): string {
  return `(builtins.fromJSON ${nixLiteral(JSON.stringify(value))})`;
}
