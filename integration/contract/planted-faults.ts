import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type file from "@nixops4-resources/example/src/file.ts";
import { FolderReader, FolderWriter } from "@nixops4-resources/example/src/folder.ts";
import { resolveSecret } from "@nixops4-resources/protocol-core";

export type Resource = typeof file;

/** A mistake that an author can make in a resource, and the clause of the contract that must notice it. */
export interface Fault {
  plant: (sound: Resource) => Resource;
  /** A part of the clause's name. */
  breaks: string;
  /** Whether the resource works with programs, around which it is killed. */
  isOnPrograms?: boolean;
}

/** Variants of the example's `file`, each with one fault. */
export const commonFaults: Readonly<Record<string, Fault>> = {
  "update does nothing": {
    plant: (sound) => ({ ...sound, update: async () => undefined }),
    breaks: "an update changes `content`",
  },
  "ownership is not checked": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const seen = await sound.read(folder, want, previous);
        return seen && { ...seen, mark: { managedBy: want.managedBy, type: "file" } };
      },
    }),
    breaks: "an unmarked object is rejected",
  },
  "read swallows errors": {
    plant: (sound) => ({
      ...sound,
      connectReader: async ({ folder }: { folder: string }) => new FolderReader(folder),
      connectWriter: async ({ folder }: { folder: string }) => new FolderWriter(folder),
      read: (folder, want, previous) => sound.read(folder, want, previous).catch(() => undefined),
    }),
    breaks: "the backend is unreachable",
  },
  "it carries no mark": {
    plant: (sound) => ({
      ...sound,
      create: async (folder, { name, content, mode }) => folder.create(name, { text: content, mode }),
    }),
    breaks: "create yields the object",
  },
  "a secret is logged": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        const secret = want.key && (await resolveSecret(want.key, "the key"));
        process.stderr.write(`creating with ${secret?.revealText()}\n`);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "reveal no secret",
  },
  "a secret is in the command line": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        process.title = (want.key && (await resolveSecret(want.key, "the key")).revealText()) ?? "";
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "reveal no secret",
  },
  "create marks the object after it has created it": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        folder.create(want.name, { text: want.content, mode: want.mode });
        folder.remove(want.name);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "the next create completes",
  },
  "create replaces an existing object": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        // Like a slow server: all processes have looked by then.
        await pause(500);
        folder.remove(want.name);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "20 concurrent creates",
  },
  "delete does nothing": {
    plant: (sound) => ({ ...sound, delete: async () => undefined }),
    breaks: "destroy removes everything",
  },
  "delete leaves something behind": {
    plant: (sound) => ({
      ...sound,
      async delete(folder, want, seen) {
        await sound.delete(folder, want, seen);
        writeFileSync(folder.pathOf(`.${want.name}.trash`), "");
      },
    }),
    breaks: "destroy removes everything",
  },
  "list ignores owners": {
    plant: (sound) => ({
      ...sound,
      list: async (folder) =>
        folder
          .names()
          .map((name) => ({ label: name, inputs: { name }, mark: { managedBy: "contract", type: "file" } })),
    }),
    breaks: "list returns only",
  },
  "read misses a manual change": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const seen = await sound.read(folder, want, previous);
        return seen && { ...seen, inputs: { ...seen.inputs, mode: want.mode } };
      },
    }),
    breaks: "a manual change of `mode`",
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
  "an output changes from one process to the next": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const seen = await sound.read(folder, want, previous);
        const path = `${folder.pathOf(want.name)}?${createHmac("sha256", String(process.pid)).digest("hex")}`;
        return seen && { ...seen, outputs: { ...seen.outputs, path } };
      },
    }),
    breaks: "processes of their own give the same answers",
  },
};
