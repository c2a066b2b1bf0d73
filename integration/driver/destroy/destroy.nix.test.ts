import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Nix } from "@nixops4-resources/integration-nix/find-nix";
import { describeNix } from "@nixops4-resources/integration-nix/testing";
import { apply } from "../apply/apply.ts";
import { evaluate } from "../evaluation/evaluate.ts";
import { parseMemberName } from "../evaluation/member.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { Progress, type MemberProgress } from "../show/progress.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { destroy, previewDestroy, type DestroyPreview } from "./destroy.ts";
import { renderPreview } from "./render.ts";

/** One of the deployments in testing/deployments, in a folder of its own. */
async function open(nix: Nix, name: string) {
  const folder = await temporaryFolder();
  const env = {
    ...process.env,
    NODE: process.execPath,
    EXAMPLE_PROVIDER: fileURLToPath(new URL("../../../providers/example/src/main.ts", import.meta.url)),
    FOLDER: folder,
    STATE_FILE: join(folder, ".state.json"),
    GREETING: "hello",
    ...nix.environment,
  };
  const file = fileURLToPath(new URL(`../testing/deployments/${name}`, import.meta.url));
  const ended: string[] = [];
  const progress = new Progress({
    show({ name: member, state }: MemberProgress) {
      if (!["waiting", "running", "planned"].includes(state)) ended.push(`${member} ${state}`);
    },
    line() {},
    end() {},
  });
  const stop = new AbortController().signal;
  const processes = new ProviderProcesses(env, () => {});
  onTestFinished(() => processes[Symbol.asyncDispose]());
  const options = { jobs: 4, processes, stop, progress, verbose: false };
  await using evaluation = evaluate({ nixInstantiate: nix.instantiate, file, env });
  await apply({ ...options, evaluation, targets: [] });
  return {
    folder,
    preview: async (...targets: string[]) => {
      await using again = evaluate({ nixInstantiate: nix.instantiate, file, env });
      return await previewDestroy({ ...options, evaluation: again, targets: targets.map(parseMemberName) });
    },
    destroyed: async (preview: DestroyPreview) => {
      ended.length = 0;
      await destroy(preview, options);
      return ended;
    },
  };
}

await describeNix("destroying a deployment over NixOps4's own library", ({ nix }) => {
  test("follows the outputs that the members read, and ends with their state", async () => {
    const { preview, destroyed, folder } = await open(nix(), "files.nix");
    const refused = await preview("greeting");
    expect(refused.refusals.map(({ sentence }) => sentence)).toEqual([
      "Unable to destroy greeting: member site.index, which would stay, reads its outputs.",
    ]);
    const whole = await preview("state", "greeting", "site");
    expect(renderPreview(whole.members)).toBe(
      ["greeting", "site.copy", "site.index", "state"].map((name) => `delete   ${name}\n`).join(""),
    );
    expect(whole.refusals).toEqual([]);
    expect(await destroyed(whole)).toEqual([
      "site.copy deleted",
      "site.index deleted",
      "greeting deleted",
      "state deleted",
    ]);
    await expect(readFile(join(folder, "index"))).rejects.toThrow("ENOENT");
  });

  test("knows that a list of members needs an output", async () => {
    const { preview, destroyed } = await open(nix(), "structural.nix");
    expect((await preview("first")).refusals).toMatchObject([{ code: "driver.destroy.needed" }]);
    expect(await destroyed(await preview("first", "more"))).toEqual(["more.first deleted", "first deleted"]);
  });

  test("finds the inputs of a member that hides a missing output", async () => {
    const { preview, destroyed } = await open(nix(), "caught.nix");
    const both = await preview("first", "second");
    expect(both.members).toMatchObject([{}, { inputs: { content: expect.not.stringContaining("unknown") } }]);
    expect(await destroyed(both)).toEqual(["second deleted", "first deleted"]);
  });
});
