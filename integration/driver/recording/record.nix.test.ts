import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Nix } from "@nixops4-resources/integration-nix/find-nix";
import { describeNix } from "@nixops4-resources/integration-nix/testing";
import type { NixDeployment } from "../evaluation/evaluate.ts";
import { memberKey, memberName } from "../evaluation/member.ts";
import { openVariables, openVariablesOf, record } from "./record.ts";
import { replay, type Recording } from "./recording.ts";

const env = {
  ...process.env,
  NODE: process.execPath,
  EXAMPLE_PROVIDER: fileURLToPath(new URL("../../../providers/example/dist/main.cjs", import.meta.url)),
  KEY_PROVIDER: fileURLToPath(new URL("../testing/provider.ts", import.meta.url)),
  FOLDER: "/folder",
  STATE_FILE: "/state.json",
  GREETING: "hello",
};

function deployment(nix: Nix, name: string, more: NodeJS.ProcessEnv = {}): NixDeployment {
  return {
    nixInstantiate: nix.instantiate,
    file: fileURLToPath(new URL(`../testing/deployments/${name}`, import.meta.url)),
    env: { ...env, ...nix.environment, ...more },
  };
}

/** All requests of a recording, with the name of each output as its value. */
async function requests(recording: Recording, variables: NodeJS.ProcessEnv) {
  const outputs = recording.members.map(({ path, outputs: names }) => {
    return [memberKey(path), Object.fromEntries(names.map((name) => [name, `${path.join(".")}/${name}`]))] as const;
  });
  return (await replay(recording, variables).evaluate(new Map(outputs), new Set())).ready;
}

await describeNix("a recording", ({ nix }) => {
  test("has gaps for outputs and open variables, and is equal each time", async () => {
    const open = openVariables(["GREETING", "FOLDER"], env);
    const recording = await record(deployment(nix(), "files.nix"), open);
    expect(await record(deployment(nix(), "files.nix"), openVariablesOf(recording))).toEqual(recording);
    expect(openVariablesOf(recording)).toEqual([
      { environment: "FOLDER", kind: "path" },
      { environment: "GREETING", kind: "text" },
    ]);

    const found = await requests(recording, { GREETING: "bye", FOLDER: "/elsewhere" });
    const inputs = Object.fromEntries(found.map((request) => [request.path.join("."), request.inputs]));
    expect(inputs["greeting"]).toMatchObject({ content: "bye", connection: { folder: "/elsewhere" } });
    expect(inputs["site.index"]).toMatchObject({ content: "The greeting is in greeting/path." });
    expect(inputs["site.copy"]).toMatchObject({ content: "site.index/path" });
  });

  test("differs when the deployment changes", async () => {
    const before = await record(deployment(nix(), "files.nix"), []);
    expect(await record(deployment(nix(), "files.nix", { GREETING: "bye" }), [])).not.toEqual(before);
  });

  test("has a gap for an integer", async () => {
    const variables = { PORT: "5432" };
    const recording = await record(deployment(nix(), "computed.nix", variables), openVariables(["PORT"], variables));
    const [request] = await requests(recording, { PORT: "15432" });
    expect(request?.inputs).toMatchObject({ timeoutSeconds: 15_432, content: "port 15432" });
  });

  test("has gaps for outputs that are no text, and for the programs that describe them", async () => {
    const open = openVariables(["NODE", "KEY_PROVIDER"], env);
    const recording = await record(deployment(nix(), "typed.nix", { PART: "whole" }), open);
    expect(Object.values(recording.gaps)).toEqual(
      expect.arrayContaining([
        { member: ["key"], output: "ref", kind: "value" },
        { member: ["key"], output: "labels", kind: "value" },
        { member: ["key"], output: "version", kind: "integer" },
      ]),
    );
    const outputs = { ref: { store: { name: "key", version: 7 } }, version: 7, labels: { of: "a key" } };
    const { ready } = await replay(recording, { NODE: "/node", KEY_PROVIDER: "/key.cjs" }).evaluate(
      new Map([[memberKey(["key"]), outputs]]),
      new Set([memberKey(["key"])]),
    );
    expect(Object.fromEntries(ready.map(({ path, inputs }) => [memberName(path), inputs]))).toMatchObject({
      reader: { key: outputs.ref, content: "version 7", timeoutSeconds: 7 },
      labelled: { labels: outputs.labels },
    });
  });

  test.each([
    ["field", "a field of a value with several types", "/run/key", [{ output: "ref", path: ["file"], kind: "text" }]],
    [
      "entry",
      "keys of a map whose keys are unknown",
      "key v=DKIM1 dotted",
      [
        { output: "labels", path: ["txt"], kind: "text" },
        { output: "labels", path: ["a.b"], kind: "text" },
      ],
    ],
    [
      "element",
      "elements of a list",
      "one three",
      [
        { output: "hosts", path: [0], kind: "text" },
        { output: "hosts", path: [2], kind: "text" },
      ],
    ],
    ["deep", "an element of a list in a map", "10.0.0.1", [{ output: "nets", path: ["net0", 0], kind: "text" }]],
  ])("PART=%s: has gaps for %s", async (part, _, content, gaps) => {
    const recording = await record(deployment(nix(), "typed.nix", { PART: part }), []);
    const expected = gaps.map((gap) => ({ member: ["key"], ...gap }));
    expect(Object.values(recording.gaps)).toEqual(expect.arrayContaining(expected));
    expect(JSON.stringify(recording.gaps).split('"path":').length - 1).toBe(gaps.length);

    const ref = { file: "/run/key" };
    const labels = { txt: "v=DKIM1", "a.b": "dotted" };
    const outputs = { ref, version: 7, labels, hosts: ["one", "two", "three"], nets: { net0: ["10.0.0.1"] } };
    const known = new Map([[memberKey(["key"]), outputs]]);
    const { ready } = await replay(recording, {}).evaluate(known, new Set());
    expect(ready.find(({ path }) => memberName(path) === "reader")?.inputs).toMatchObject({ content });
  });

  test("names a provider that cannot describe its outputs", async () => {
    const gone = { EXAMPLE_PROVIDER: "/gone.cjs", NODE: "/gone/node" };
    await expect(record(deployment(nix(), "files.nix", gone), [])).rejects.toThrow("[driver.provider.start]");
  });

  test.each([
    ["members depend on an output", "structural.nix", "its members depend on an output"],
    [
      "something is computed from an output",
      "computed.nix",
      "the input `content` of member length is computed from an output",
    ],
    ["an output is of a type that has too few values", "typed.nix", "is not of type `boolean'", "boolean"],
    [
      "the keys of an output are read",
      "typed.nix",
      "the input `content` of member reader is computed from output `labels` of key",
      "names",
    ],
    ["a length is read", "typed.nix", "the input `content` of member reader is computed from an output", "count"],
    ["the last element is read", "typed.nix", "is computed from output `hosts[0]` of key", "last"],
    ["a field is read that only some values have", "typed.nix", "attribute 'store' missing", "kind"],
    ["something is wrong anyway", "wrong.nix", "needs"],
  ])("where %s, it is refused", async (_, name, reason, part = "whole") => {
    const computed = { PORT: "5432", LENGTH: "yes", PART: part };
    await expect(record(deployment(nix(), name, computed), [])).rejects.toThrow(reason);
  });
});
