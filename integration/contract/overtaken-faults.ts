import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import type { FolderReader } from "@nixops4-resources/example/src/folder.ts";
import type { Fault } from "./planted-faults.ts";
import { runProgram } from "./on-programs.ts";

/** The mark that the file carries now, whoever wrote it: a write that expects this one proves nothing. */
const anyMark = (folder: FolderReader, name: string): Mark | undefined => readMark(folder.read(name)?.text);

const setsAnyMark: Fault["plant"] = (sound) => ({
  ...sound,
  setMark: async (folder, want, mark) => sound.setMark?.(folder, want, mark, anyMark(folder, want.name)),
});

/** Writes that do not prove the look before them. */
export const overtakenFaults: Readonly<Record<string, Fault>> = {
  "create replaces what was created since the look": {
    plant: (sound) => ({
      ...sound,
      async create(folder, want, mark) {
        folder.remove(want.name);
        await sound.create(folder, want, mark);
      },
    }),
    breaks: "a create that others overtake",
  },
  "`adopt` takes over what was adopted since the look": {
    plant: setsAnyMark,
    breaks: "a create with `adopt` that others overtake",
  },
  "`adoptFrom` takes over what was adopted since the look": {
    plant: setsAnyMark,
    breaks: "a create with `adoptFrom` that others overtake",
  },
  "`retain` releases what was adopted since the look": {
    plant: setsAnyMark,
    breaks: "a destroy with `retain` that others overtake",
  },
  "update changes what was adopted since the look": {
    plant: (sound) => ({
      ...sound,
      update: async (folder, want, change) =>
        sound.update(folder, want, { ...change, mark: anyMark(folder, want.name) ?? change.mark }),
    }),
    breaks: "an update that others overtake",
  },
  "delete removes what was adopted since the look": {
    plant: (sound) => ({
      ...sound,
      delete: async (folder, { name }) => folder.remove(name),
    }),
    breaks: "a destroy that others overtake",
  },
  "a program runs between proof and write": {
    isOnPrograms: true,
    plant: (sound) => ({
      ...sound,
      async update(folder, want, change) {
        await sound.update(folder, want, change);
        const file = folder.read(want.name);
        await runProgram("touch", folder.pathOf(want.name));
        if (file !== undefined) folder.replace(want.name, file);
      },
    }),
    breaks: "an update that others overtake",
  },
};
