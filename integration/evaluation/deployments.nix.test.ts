import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { inputSchema, outputSchema } from "@nixops4-resources/protocol-core/generate";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { evaluate } from "@nixops4-resources/integration-driver/evaluation/evaluate";
import type { JsonObject } from "@nixops4-resources/integration-driver/json";
import {
  memberKey,
  memberName,
  type MemberKey,
  type MemberRequest,
} from "@nixops4-resources/integration-driver/evaluation/member";
import { loadTypes, sampleOf, type ProviderType } from "./provider-types.ts";
import { describeNix, nixPath, repository } from "@nixops4-resources/integration-nix/testing";

const run = promisify(execFile);
const types = await loadTypes();

await describeNix("the deployment", ({ nix, evaluate: nixValue }) => {
  describe.each([
    "integration/demo/nixops4.nix",
    "integration/evaluation/contracts.nix",
    "flake-free-npins/nixops4.nix",
  ])("%s", (file) => {
    test("gives every provider inputs as its schema wants them", async () => {
      const requests = await allRequests(file, nix().instantiate, nix().environment);
      expect(requests).not.toEqual([]);
      for (const request of requests.filter((one) => !isOfNixops4(one))) {
        const { resource } = typeOf(request);
        expect([memberName(request.path), inputSchema(resource).parse(request.inputs)]).toEqual([
          memberName(request.path),
          request.inputs,
        ]);
      }
    });
  });

  test("of flake-free-npins copies NixOS to each machine, and accepts only its host keys", async () => {
    const requests = await allRequests("flake-free-npins/nixops4.nix", nix().instantiate, nix().environment);
    const nixos = requests.filter(isOfNixops4);
    expect(nixos.map(({ path }) => memberName(path)).toSorted()).toEqual(
      ["alice", "bob"].flatMap((operator) =>
        ["photos", "social", "video"].map((application) => `${operator}.${application}.nixos`),
      ),
    );
    const [machine] = nixos.filter(({ path }) => memberName(path) === "alice.social.nixos");
    const [, script = "", target, system] = z.array(z.string()).parse(machine?.inputs["args"]);
    expect([target, system]).toEqual(["root@192.0.2.11", "/nixpkgs/system"]);
    expect(script).toContain("StrictHostKeyChecking=yes");
    expect(script).toContain("'-p 22'");
    const [, knownHosts = ""] = /UserKnownHostsFile=(\S+)/.exec(script) ?? [];
    expect(await readFile(knownHosts, "utf8")).toBe(sshHostKeys.map((key) => `192.0.2.11 ${key}\n`).join(""));
  });

  test("of flake-free-npins is the same as a flake", async () => {
    const folder = nixPath(join(repository, "flake-free-npins"));
    const flake = `((import (${folder} + "/flake.nix")).outputs (import (${folder} + "/npins"))).nixops4`;
    expect(await nixValue(membersOf(flake))).toEqual(await nixValue(membersOf(`import (${folder} + "/nixops4.nix")`)));
  });

  test.each([
    ["the demo", "record-demo.ts", []],
    // The other variants take two minutes.
    ["the compositions", "record-compositions.ts", ["first"]],
  ])("of %s is recorded as it is evaluated now", async (_, name, variants) => {
    const script = join(repository, "integration/scripts", name);
    const complaint = run(process.execPath, [script, "--check", ...variants]).then(
      ({ stderr }) => stderr,
      (error: unknown) => (error instanceof Error && "stderr" in error ? error.stderr : error),
    );
    expect(await complaint).toBe("");
  });
});

/** Nix expression of the names of a deployment's members. */
const membersOf = (root: string): string =>
  `builtins.attrNames ((${root}).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members`;

/** The requests of all members, if each of their outputs has a sample value of its type. */
async function allRequests(
  file: string,
  nixInstantiate: string,
  environment: Readonly<Record<string, string>>,
): Promise<MemberRequest[]> {
  const env = {
    ...process.env,
    ...environment,
    DEMO_PROVIDERS: "/providers",
    DEMO_GARAGE_URL: "http://127.0.0.1:3903",
    NPINS_OVERRIDE_nixpkgs: join(import.meta.dirname, "nixpkgs-stub"),
  };
  await using evaluation = evaluate({ nixInstantiate, file: join(repository, file), env });
  const known = new Map<MemberKey, JsonObject>();
  const requests: MemberRequest[] = [];
  for (;;) {
    const { ready, blocked } = await evaluation.evaluate(known, new Set(known.keys()));
    const reasons = ready.length > 0 ? [] : blocked.map(({ path }) => evaluation.explain(path, known));
    expect(await Promise.all(reasons)).toEqual([]);
    if (ready.length === 0) return requests;
    requests.push(...ready);
    for (const request of ready) known.set(memberKey(request.path), sampleOutputs(request));
  }
}

/** NixOps4's own provider for local programs is not in this repository. */
const isOfNixops4 = ({ provider }: MemberRequest): boolean => provider.executable === "nixops4-resources-local";

const sshHostKeys = ["ssh-ed25519 AAAA1", "ssh-rsa AAAA2"];

/** Outputs that must be of a certain form to be inputs elsewhere, by provider and type. */
const samples: Readonly<Record<string, JsonObject>> = {
  "secrets.secret": { public: { publicKey: "key", txt: "v=DKIM1; p=key" } },
  "postgres.database": { identity: "site.alice.example" },
  "proxmox.vm": { sshHostKeys },
  "garage.bucket": { bucketName: "bucket" },
  "garage.key": { accessKeyId: "GK0123456789" },
  "lldap.group": { name: "group" },
};

function sampleOutputs(request: MemberRequest): JsonObject {
  if (isOfNixops4(request)) return { stdout: "" };
  const { provider, type, resource } = typeOf(request);
  const schema = z.toJSONSchema(outputSchema(resource), { io: "output", unrepresentable: "any" });
  return { ...z.record(z.string(), z.json()).parse(sampleOf(schema)), ...samples[`${provider}.${type}`] };
}

/** A request names its type only; whose type it is, the program tells. */
function typeOf({ type, provider: { executable, args } }: MemberRequest): ProviderType {
  const program = [executable, ...args].join(" ");
  const [, bundle, launcher] = /\/providers\/([^/]+)\/|\/nixops4-resources-([^/ ]+)$/.exec(program) ?? [];
  const found = types.find((one) => one.provider === (bundle ?? launcher) && one.type === type);
  if (found === undefined) throw new Error(`No provider in ${program} has the type ${type}.`);
  return found;
}
