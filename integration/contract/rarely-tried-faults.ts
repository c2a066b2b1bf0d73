import { readFileSync } from "node:fs";
import { FolderReader } from "@nixops4-resources/example/src/folder.ts";
import { resolveSecret } from "@nixops4-resources/protocol-core";
import type { Fault } from "./planted-faults.ts";
import { runProgram } from "./on-programs.ts";

let requestCount = 0;
const remembered = new Map<string, number>();

/**
 * Faults in what the contract tests only once per code path or provider, or only in one kind of process. Each must be
 * noticed by the one clause that tests it.
 */
export const rarelyTriedFaults: Readonly<Record<string, Fault>> = {
  "one kind of broken connection counts as a missing object": {
    plant: (sound) => ({
      ...sound,
      // A folder in which nothing is found.
      connectReader: (connection, connecting) =>
        connection.folder === "/proc/version"
          ? Promise.resolve(new FolderReader("/"))
          : sound.connectReader(connection, connecting),
    }),
    breaks: "the backend is unreachable",
  },
  "update removes the mark and then sets it again": {
    plant: (sound) => ({
      ...sound,
      async update(folder, want, change) {
        folder.replace(want.name, { text: want.content, mode: want.mode });
        await sound.update(folder, want, change);
      },
    }),
    breaks: "the next update completes",
  },
  "delete removes the mark before the object": {
    plant: (sound) => ({
      ...sound,
      async delete(folder, want, seen) {
        folder.replace(want.name, { text: want.content, mode: want.mode });
        await sound.delete(folder, want, seen);
      },
    }),
    breaks: "the next destroy completes",
  },
  "adoption removes the object before it creates it again": {
    plant: (sound) => ({
      ...sound,
      async setMark(folder, want, mark, expected) {
        const file = folder.read(want.name);
        folder.remove(want.name);
        if (file !== undefined) folder.create(want.name, file);
        await sound.setMark?.(folder, want, mark, expected);
      },
    }),
    breaks: "the next adoption completes",
  },
  "a program creates the object before it is marked": {
    isOnPrograms: true,
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        await runProgram("touch", folder.pathOf(want.name));
        await runProgram("rm", folder.pathOf(want.name));
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "the next create completes",
  },
  "the first request of a process ignores an input": {
    plant: (sound) => ({
      ...sound,
      async connectReader(connection, connecting) {
        requestCount++;
        return await sound.connectReader(connection, connecting);
      },
      async connectWriter(connection, connecting) {
        requestCount++;
        return await sound.connectWriter(connection, connecting);
      },
      create: async (folder, want, mark) =>
        sound.create(folder, requestCount === 1 ? { ...want, mode: "0600" } : want, mark),
    }),
    breaks: "processes of their own give the same answers",
  },
  "a process remembers what it has read": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        const key = folder.pathOf(want.name);
        const seen = await sound.read(folder, want, previous);
        if (seen === undefined) return undefined;
        const outputs = { ...seen.outputs, sizeBytes: remembered.get(key) ?? seen.outputs.sizeBytes };
        remembered.set(key, outputs.sizeBytes);
        return { ...seen, outputs };
      },
    }),
    breaks: "processes of their own give the same answers",
  },
  "only a later request of a process logs a secret": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        requestCount++;
        if (requestCount > 1 && want.key !== null) {
          process.stderr.write(`reading with ${(await resolveSecret(want.key, "the key")).revealText()}\n`);
        }
        return await sound.read(folder, want, previous);
      },
    }),
    breaks: "a repeated create",
  },
  "a file of the user's is read without looking what it is": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        if (want.key !== null && "file" in want.key) readFileSync(want.key.file);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "names a FIFO",
  },
  "a process ends after its answer": {
    plant: (sound) => ({
      ...sound,
      async read(folder, want, previous) {
        setTimeout(() => process.exit(0), 20);
        return await sound.read(folder, want, previous);
      },
    }),
    breaks: "processes of their own give the same answers",
  },
};
