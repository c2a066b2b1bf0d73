import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Recording, RecordedMember } from "@nixops4-resources/integration-driver/recording/recording";
import { groupRun, type GroupRun } from "./group-run.ts";

const driver = join(import.meta.dirname, "../driver/main.mjs");

/** The executable of a provider. */
export const mainOf = (provider: string): string =>
  join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);

/** A member that needs no other. */
export const member = (
  provider: string,
  name: string,
  type: string,
  inputs: RecordedMember["inputs"],
): RecordedMember => ({
  path: [name],
  type,
  state: null,
  provider: { executable: process.execPath, args: [mainOf(provider)] },
  inputs,
  outputs: ["name"],
});

/** Members as a deployment that the driver applies without Nix. */
export const recordingOf = (members: readonly RecordedMember[], gaps: Recording["gaps"] = {}): Recording => ({
  _type: "nixops4-resources-recording",
  version: 2,
  gaps,
  members: [...members],
});

/** Applies a deployment by the driver. Throws if a member fails. */
export async function byDriver(recording: Recording, folder: string): Promise<GroupRun> {
  const file = join(folder, "recording.json");
  writeFileSync(file, JSON.stringify(recording));
  return await groupRun([process.execPath, driver, "apply", "--recording", file], 50);
}

/** Creates members as NixOps4 does: a process each, all at once. Throws if one fails. */
export async function byProcesses(members: readonly RecordedMember[], folder: string): Promise<GroupRun> {
  const files = members.map(({ type, inputs, provider }, index) => {
    const file = join(folder, `crowd-${index}`);
    writeFileSync(
      file,
      `${JSON.stringify({ createResourceRequest: { type, inputProperties: inputs, isStateful: false } })}\n`,
    );
    return { file, main: provider.args[0] ?? "" };
  });
  const script = `
    for file in "\${@:2}"; do "$0" "$1" <"$file" >"$file.out" 2>"$file.err" & done
    wait
    for file in "\${@:2}"; do grep -q '^{"createResourceResponse"' "$file.out" || { cat "$file.err" >&2; exit 1; }; done`;
  const main = files[0]?.main ?? "";
  return await groupRun(
    ["bash", "-c", script, process.execPath, main, ...files.map(({ file }) => file)],
    members.length > 50 ? 500 : 20,
  );
}
