import type note from "@nixops4-resources/example-http/src/note.ts";
import { ProviderError } from "@nixops4-resources/protocol-core";

type Note = typeof note;

/** A mistake that an author can make in a resource that is reached over HTTP. */
export interface HttpFault {
  plant: (sound: Note) => Note;
  /** A part of the name of the clause that must notice it. */
  breaks: string;
}

/** Takes an error of this code for a missing note. */
const missingIf =
  (code: string): HttpFault["plant"] =>
  (sound) => ({
    ...sound,
    read: (notes, want, previous) => sound.read(notes, want, previous).catch(undefinedIf(code)),
  });

function undefinedIf(code: string): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof ProviderError && error.code === code)) throw error;
  };
}

/** Variants of the HTTP example's `note`, each with one fault. */
export const httpFaults: Readonly<Record<string, HttpFault>> = {
  "a foreign 404 counts as a missing object": {
    plant: missingIf("http.request.refused"),
    breaks: "a read is right or fails",
  },
  "an empty answer counts as a missing object": {
    plant: missingIf("http.answer.invalid"),
    breaks: "a read is right or fails",
  },
  "a server's failure counts as a missing object": {
    plant: missingIf("http.server.failed"),
    breaks: "a read is right or fails",
  },
  "a foreign 404 counts as an empty list": {
    plant: (sound) => ({
      ...sound,
      list: async (notes, managedBy) =>
        (await sound.list?.(notes, managedBy).catch(undefinedIf("http.request.refused"))) ?? [],
    }),
    breaks: "a list is right or fails",
  },
  "an object is missing at a wrong base path": {
    plant: missingIf("http.request.refused"),
    breaks: "at a base path",
  },
  "a read-only copy may say that an object is missing": {
    plant: missingIf("example_http.server.replica"),
    breaks: "on a read-only copy",
  },
  "update looks again before it writes": {
    plant: (sound) => ({
      ...sound,
      async update(notes, want, change) {
        await notes.find(want.name);
        await sound.update(notes, want, change);
      },
    }),
    breaks: "an update that others overtake",
  },
  "delete looks again before it writes": {
    plant: (sound) => ({
      ...sound,
      async delete(notes, want, seen) {
        if ((await notes.find(want.name)) !== undefined) await sound.delete(notes, want, seen);
      },
    }),
    breaks: "a destroy that others overtake",
  },
};
