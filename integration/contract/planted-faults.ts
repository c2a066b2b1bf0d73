import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type file from "@nixops4-resources/example/src/file.ts";
import { FolderReader, FolderWriter } from "@nixops4-resources/example/src/folder.ts";
import { resolveSecret } from "@nixops4-resources/protocol-core";

type Resource = typeof file;

/** A way in which an author can get a resource wrong, and the clause of the contract that is to notice it. */
export interface Fault {
  plant: (sound: Resource) => Resource;
  /** A part of what the clause says. */
  breaks: string;
}

/** Variants of the example's `file`, each wrong in one thing. */
export const faults: Readonly<Record<string, Fault>> = {
  "update does nothing": {
    plant: (sound) => ({ ...sound, update: async () => undefined }),
    breaks: "`content` changes and changes back",
  },
  "ownership is not checked": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const seen = await sound.read(folder, want, previous);
        return seen && { ...seen, mark: { managedBy: want.managedBy, type: "file" } };
      },
    }),
    breaks: "what bears no mark is refused",
  },
  "read swallows errors": {
    plant: (sound) => ({
      ...sound,
      connectReader: async ({ folder }: { folder: string }) => new FolderReader(folder),
      connectWriter: async ({ folder }: { folder: string }) => new FolderWriter(folder),
      read: (folder, want, previous) => sound.read(folder, want, previous).catch(() => undefined),
    }),
    breaks: "cannot be reached",
  },
  "it bears no mark": {
    plant: (sound) => ({
      ...sound,
      create: async (folder, { name, content, mode }) => folder.create(name, { text: content, mode }),
    }),
    breaks: "create makes it as wanted",
  },
  "a secret is logged": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        const secret = want.key && (await resolveSecret(want.key, "the key"));
        process.stderr.write(`creating with ${secret?.reveal()}\n`);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "no secret is seen",
  },
  "a secret is in the command line": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        process.title = (want.key && (await resolveSecret(want.key, "the key")).reveal()) ?? "";
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "no secret is seen",
  },
  "create makes first and marks afterwards": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        folder.create(want.name, { text: want.content, mode: want.mode });
        folder.remove(want.name);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "a create that was killed",
  },
  "create takes the place of what is there": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        // As long as a slow server takes: all have looked by then.
        await pause(100);
        folder.remove(want.name);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "20 processes",
  },
  "delete does nothing": {
    plant: (sound) => ({ ...sound, delete: async () => undefined }),
    breaks: "destroy leaves nothing",
  },
  "delete leaves something behind": {
    plant: (sound) => ({
      ...sound,
      async delete(folder, want, seen) {
        await sound.delete(folder, want, seen);
        writeFileSync(folder.pathOf(`.${want.name}.trash`), "");
      },
    }),
    breaks: "destroy leaves nothing",
  },
  "list ignores whose things are": {
    plant: (sound) => ({
      ...sound,
      list: async (folder) =>
        folder
          .names()
          .map((name) => ({ label: name, inputs: { name }, mark: { managedBy: "contract", type: "file" } })),
    }),
    breaks: "list finds",
  },
  "drift is not seen": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const seen = await sound.read(folder, want, previous);
        return seen && { ...seen, inputs: { ...seen.inputs, mode: want.mode } };
      },
    }),
    breaks: "a `mode` that was changed by hand",
  },
  "reading writes": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const path = folder.pathOf(want.name);
        const seen = await sound.read(folder, want, previous);
        if (seen !== undefined) writeFileSync(path, readFileSync(path));
        return seen;
      },
    }),
    breaks: "write nothing",
  },
  "an output changes from one apply to the next": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const seen = await sound.read(folder, want, previous);
        const path = `${folder.pathOf(want.name)}?${createHmac("sha256", String(process.pid)).digest("hex")}`;
        return seen && { ...seen, outputs: { ...seen.outputs, path } };
      },
    }),
    breaks: "give the same outputs",
  },
};
