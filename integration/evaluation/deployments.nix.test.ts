import { execFile } from "node:child_process";
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
import { describeNix, repository } from "@nixops4-resources/integration-nix/testing";

const run = promisify(execFile);
const types = await loadTypes();

await describeNix("the deployment", ({ nix }) => {
  describe.each([
    "integration/demo/nixops4.nix",
    "integration/evaluation/contracts.nix",
    "flake-free-npins/nixops4.nix",
  ])("%s", (file) => {
    test("gives every provider inputs as its schema wants them", async () => {
      const requests = await allRequests(file, nix().instantiate, nix().environment);
      expect(requests).not.toEqual([]);
      for (const request of requests) {
        const { resource } = typeOf(request);
        expect([memberName(request.path), inputSchema(resource).parse(request.inputs)]).toEqual([
          memberName(request.path),
          request.inputs,
        ]);
      }
    });
  });

  test("of the demo is recorded as it is evaluated now", async () => {
    const script = join(repository, "integration/scripts/record-demo.ts");
    const complaint = run(process.execPath, [script, "--check"]).then(
      ({ stderr }) => stderr,
      (error: unknown) => (error instanceof Error && "stderr" in error ? error.stderr : error),
    );
    expect(await complaint).toBe("");
  });
});

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

function sampleOutputs(request: MemberRequest): JsonObject {
  const schema = z.toJSONSchema(outputSchema(typeOf(request).resource), { io: "output", unrepresentable: "any" });
  return z.record(z.string(), z.json()).parse(sampleOf(schema));
}

/** A request names its type only; whose type it is, the program tells. */
function typeOf({ type, provider: { args } }: MemberRequest): ProviderType {
  const provider = /\/providers\/([^/]+)\//.exec(args.join(" "))?.[1];
  const found = types.find((one) => one.provider === provider && one.type === type);
  if (found === undefined) throw new Error(`No provider in ${args.join(" ")} has the type ${type}.`);
  return found;
}
