import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeNix } from "@nixops4-resources/integration-nix/testing";
import type { Nix } from "@nixops4-resources/integration-nix/find-nix";
import { apply } from "../apply/apply.ts";
import { evaluate } from "./evaluate.ts";
import type { Evaluation } from "./evaluation.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { Progress, type MemberProgress } from "../show/progress.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const nothing = new Map<never, never>();
const none = new Set<never>();

/** The environment that the deployments in testing/deployments read. */
function environment(folder: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE: process.execPath,
    EXAMPLE_PROVIDER: fileURLToPath(new URL("../../../providers/example/src/main.ts", import.meta.url)),
    FOLDER: folder,
    STATE_FILE: join(folder, ".state.json"),
    GREETING: "hello",
    ...more,
  };
}

function open(nix: Nix, name: string, env: NodeJS.ProcessEnv, messages: string[] = []): Evaluation {
  return evaluate({
    nixInstantiate: nix.instantiate,
    file: name.startsWith("/") ? name : fileURLToPath(new URL(`../testing/deployments/${name}`, import.meta.url)),
    env: { ...env, ...nix.environment },
    onMessage: (line) => void messages.push(line),
  });
}

/** Applies one of the deployments with the example provider. */
async function applied(nix: Nix, name: string, env: NodeJS.ProcessEnv) {
  const ended: Record<string, string> = {};
  const messages: string[] = [];
  await using evaluation = open(nix, name, env, messages);
  const progress = new Progress({
    show: ({ name: member, state }: MemberProgress) => void (ended[member] = state),
    line: (line) => void messages.push(line),
    end() {},
  });
  const stop = new AbortController().signal;
  await using processes = new ProviderProcesses(env, (line) => void messages.push(line));
  await apply({ evaluation, jobs: 4, targets: [], processes, stop, progress, verbose: false });
  const failures = Object.fromEntries(progress.failures.map((failure) => [failure.name, failure.message]));
  return { ended, failures, messages };
}

await describeNix("a deployment over NixOps4's own library", ({ nix }) => {
  test("returns ready members with their defaults, and waiting members", async () => {
    await using evaluation = open(nix(), "files.nix", environment("/folder"));
    const { ready, blocked } = await evaluation.evaluate(nothing, none);
    expect(ready.map(({ path }) => path)).toEqual([["greeting"], ["state"]]);
    expect(ready[0]).toMatchObject({
      type: "file",
      state: ["state"],
      provider: { executable: process.execPath },
      inputs: { name: "greeting", content: "hello", mode: "0644", managedBy: "tests", timeoutSeconds: 300 },
      outputs: ["path", "sizeBytes"],
    });
    expect(blocked.map(({ path }) => path)).toEqual([
      ["site", "copy"],
      ["site", "index"],
    ]);
    expect(await evaluation.explain(["site", "index"], nothing)).toEqual({
      kind: "needs",
      member: ["greeting"],
      output: "path",
    });
  });

  test("is applied in the order of its outputs, recorded in the state, and not applied again", async () => {
    const folder = await temporaryFolder();
    const first = await applied(nix(), "files.nix", environment(folder));
    expect(first).toEqual({
      ended: { greeting: "created", state: "created", "site.index": "created", "site.copy": "created" },
      failures: {},
      messages: [],
    });
    expect(await readFile(join(folder, "copy"), "utf8")).toMatch(new RegExp(`\n\n${folder}/index$`));
    expect((await applied(nix(), "files.nix", environment(folder))).ended).toEqual({
      greeting: "unchanged",
      state: "unchanged",
      "site.index": "unchanged",
      "site.copy": "unchanged",
    });
    const changed = await applied(nix(), "files.nix", environment(folder, { GREETING: "bye" }));
    expect(changed.ended).toMatchObject({ greeting: "updated", "site.index": "unchanged" });
  });

  test("explains every error once, and applies the rest", async () => {
    const { ended, failures, messages } = await applied(nix(), "wrong.nix", environment(await temporaryFolder()));
    expect(ended).toEqual({
      fine: "created",
      after: "skipped",
      built: "failed",
      misspelt: "failed",
      number: "failed",
      one: "failed",
      other: "failed",
      size: "failed",
    });
    expect(failures["built"]).toMatch(
      /^\[driver\.member\.derivation\].*its `content` needs \S+something\.drv, which must be built first/,
    );
    expect(failures["misspelt"]).toMatch(/misspelt\.inputs\.contnet' does not exist[^]*Did you mean/);
    expect(failures["number"]).toContain("`members.number.inputs.content' is not of type `string'");
    expect(failures["one"]).toContain("it depends on itself: one -> other -> one");
    expect(failures["size"]).toContain("is not of type `string'");
    expect(messages.filter((line) => line.includes("this is only said once"))).toHaveLength(1);
  });

  test("finds members that depend on an output once it is known", async () => {
    const { ended } = await applied(nix(), "structural.nix", environment(await temporaryFolder()));
    expect(ended).toEqual({ first: "created", "more.first": "created" });
  });

  test("reports a deployment that hides a missing output", async () => {
    const { failures } = await applied(nix(), "caught.nix", environment(await temporaryFolder()));
    expect(Object.keys(failures)).toEqual(["second"]);
    expect(failures["second"]).toContain("`content` changed after it was applied");

    // The explanation of this member bypasses its tryEval.
    await using evaluation = open(nix(), "caught.nix", environment("/folder"));
    expect(await evaluation.explain(["second"], nothing)).toMatchObject({ kind: "needs", member: ["first"] });
  });

  test.each([
    ["is no Nix code", "{", "syntax error"],
    ["is no root", "{ a = 1; }", 'expected _type to be "nixops4Component"'],
    ["throws", 'throw "not today"', "not today"],
  ])("a file that %s is a failure of the whole", async (_, text, reason) => {
    const file = join(await temporaryFolder(), 'with "quotes" and ${braces}.nix');
    await writeFile(file, text);
    await using evaluation = open(nix(), file, process.env);
    await expect(evaluation.evaluate(nothing, none)).rejects.toThrow(reason);
  });

  test("rejects a program that is not Nix", async () => {
    await using evaluation = open({ ...nix(), instantiate: "/nowhere/nix-instantiate" }, "files.nix", process.env);
    await expect(evaluation.evaluate(nothing, none)).rejects.toThrow("driver.nix.failed");
  });
});
