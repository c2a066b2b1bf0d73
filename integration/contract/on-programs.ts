import { spawn } from "node:child_process";
import { once } from "node:events";
import type { FolderWriter } from "@nixops4-resources/example/src/folder.ts";
import type { Resource } from "./planted-faults.ts";

/** The programs of the variant below that change something. */
export const programs = ["touch", "rm"];

/** Runs a program in a process group of its own, as a provider must. */
export async function runProgram(program: string, ...args: readonly string[]): Promise<void> {
  await once(spawn(program, args, { detached: true, stdio: "ignore" }), "close");
}

/** The example's `file`, which creates and removes a file beside it by programs before a create and an update. */
export const onPrograms = (sound: Resource): Resource => ({
  ...sound,
  async create(folder, want, mark) {
    await takeTurn(folder);
    await sound.create(folder, want, mark);
  },
  async update(folder, want, change) {
    await takeTurn(folder);
    await sound.update(folder, want, change);
  },
});

async function takeTurn(folder: FolderWriter): Promise<void> {
  await runProgram("touch", folder.pathOf(".turn"));
  await runProgram("rm", folder.pathOf(".turn"));
}
