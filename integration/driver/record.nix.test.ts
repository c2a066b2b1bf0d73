import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Nix } from "../nix/find-nix.ts";
import { describeNix } from "../nix/testing.ts";
import type { NixDeployment } from "./evaluate.ts";
import { memberKey } from "./member.ts";
import { openVariables, openVariablesOf, record } from "./record.ts";
import { replay, type Recording } from "./recording.ts";

const env = {
  ...process.env,
  NODE: "/bin/node",
  EXAMPLE_PROVIDER: "/example.cjs",
  FOLDER: "/folder",
  STATE_FILE: "/state.json",
  GREETING: "hello",
};

function deployment(nix: Nix, name: string, more: NodeJS.ProcessEnv = {}): NixDeployment {
  return {
    nixInstantiate: nix.instantiate,
    file: fileURLToPath(new URL(`testing/deployments/${name}`, import.meta.url)),
    env: { ...env, ...nix.environment, ...more },
  };
}

/** All requests of a recording, where each output is a text that names it. */
async function requests(recording: Recording, variables: NodeJS.ProcessEnv) {
  const outputs = recording.members.map(({ path, outputs: names }) => {
    return [memberKey(path), Object.fromEntries(names.map((name) => [name, `${path.join(".")}/${name}`]))] as const;
  });
  return (await replay(recording, variables).evaluate(new Map(outputs), new Set())).ready;
}

await describeNix("a recording", ({ nix }) => {
  test("has room for outputs and open variables, and is the same each time", async () => {
    const open = openVariables(["GREETING", "FOLDER"], env);
    const recording = await record(deployment(nix(), "files.nix"), open);
    expect(await record(deployment(nix(), "files.nix"), openVariablesOf(recording))).toEqual(recording);
    expect(openVariablesOf(recording)).toEqual([
      { environment: "GREETING", kind: "text" },
      { environment: "FOLDER", kind: "path" },
    ]);

    const found = await requests(recording, { GREETING: "bye", FOLDER: "/elsewhere" });
    const inputs = Object.fromEntries(found.map((request) => [request.path.join("."), request.inputs]));
    expect(inputs["greeting"]).toMatchObject({ content: "bye", connection: { folder: "/elsewhere" } });
    expect(inputs["site.index"]).toMatchObject({ content: "The greeting is in greeting/path." });
    expect(inputs["site.copy"]).toMatchObject({ content: "site.index/path" });
  });

  test("differs once the deployment does", async () => {
    const before = await record(deployment(nix(), "files.nix"), []);
    expect(await record(deployment(nix(), "files.nix", { GREETING: "bye" }), [])).not.toEqual(before);
  });

  test("an integer stays open as one", async () => {
    const variables = { PORT: "5432" };
    const recording = await record(deployment(nix(), "computed.nix", variables), openVariables(["PORT"], variables));
    const [request] = await requests(recording, { PORT: "15432" });
    expect(request?.inputs).toMatchObject({ timeoutSeconds: 15_432, content: "port 15432" });
  });

  test.each([
    ["members depend on an output", "structural.nix", "its members depend on an output"],
    [
      "something is computed from an output",
      "computed.nix",
      "the input `content` of member length is computed from an output",
    ],
    ["an output is no text", "number.nix", "is not of type"],
    ["something is wrong anyway", "wrong.nix", "needs"],
  ])("where %s, it is refused", async (_, name, reason) => {
    const computed = { PORT: "5432", LENGTH: "yes" };
    await expect(record(deployment(nix(), name, computed), [])).rejects.toThrow(reason);
  });
});
