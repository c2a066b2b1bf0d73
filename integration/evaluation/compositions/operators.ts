import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { evaluate } from "@nixops4-resources/integration-driver/evaluation/evaluate";
import { memberName, type MemberPath } from "@nixops4-resources/integration-driver/evaluation/member";
import { temporaryFolder } from "@nixops4-resources/integration-driver/testing/temporary-folder";
import type { Nix } from "@nixops4-resources/integration-nix/find-nix";
import { nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import { onTestFinished } from "vitest";

/** Alice and Bob with one application each, at the hosting provider of flake-free-npins. All are Nix expressions. */
export interface Operators {
  /** A module that is added to Alice's. */
  readonly alice?: string;
  /** The host profile, from `profile`, `lib` and `without`, which removes the value at a path. */
  readonly hostProfile?: string;
}

export interface Evaluated {
  /** Names of the members that the first wave of an apply would create. */
  readonly ready: readonly string[];
  /** The error of a member that cannot be evaluated. Undefined if it can, or if it waits for another member. */
  readonly errorOf: (...member: MemberPath) => Promise<string | undefined>;
}

const deployment = ({ alice = "{ }", hostProfile = "profile" }: Operators): string => `
  let
    sources = import ${nixPath(join(repository, "flake-free-npins/npins"))};
    resources = import ${nixPath(repository)} { inherit sources; };
    lib = import (sources.nixpkgs-lib + "/lib");
    profile = import ${nixPath(join(repository, "flake-free-npins/host-profile.nix"))} { inherit resources sources; };
    without = path: value: lib.updateManyAttrsByPath [
      { path = lib.init path; update = set: removeAttrs set [ (lib.last path) ]; }
    ] value;
    operator = name: ipv4: {
      imports = [ resources.compositions.operator ];
      operator = lib.mkDefault name;
      hostProfile = ${hostProfile};
      mastodon.social = {
        domain = lib.mkDefault "social.\${name}.example";
        admin = { inherit name; email = "\${name}@\${name}.example"; };
        machine = lib.mkDefault { proxmox = { inherit ipv4; }; };
      };
    };
  in
  resources.nixops4.lib.mkRoot {
    modules = [
      {
        members.alice.imports = [ (operator "alice" "192.0.2.11") (${alice}) ];
        members.bob = operator "bob" "192.0.2.21";
      }
    ];
  }`;

/** What an apply would do first. Only within a test. */
export async function evaluateOperators({ instantiate, environment }: Nix, operators: Operators): Promise<Evaluated> {
  const file = join(await temporaryFolder(), "nixops4.nix");
  await writeFile(file, deployment(operators));
  const evaluation = evaluate({ nixInstantiate: instantiate, file, env: { ...process.env, ...environment } });
  onTestFinished(() => evaluation[Symbol.asyncDispose]());
  const { ready } = await evaluation.evaluate(new Map(), new Set());
  return {
    ready: ready.map(({ path }) => memberName(path)),
    errorOf: async (...member) => {
      const explanation = await evaluation.explain(member, new Map());
      return explanation?.kind === "error" ? explanation.text : undefined;
    },
  };
}
