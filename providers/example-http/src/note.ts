import {
  defineResource,
  option,
  readMark,
  resolveSecret,
  secretRef,
  somethingElse,
  withMark,
  type SecretRef,
} from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connectReader, connectWriter, type ApiNote, type NotesReader } from "./client.ts";
import { connection } from "./connection.ts";

export default defineResource({
  type: "note",
  description: "A short text. A line of its description is the mark of the deployment that manages it.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs: {
    name: option(
      z.string().check(z.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/)),
      "Name of the note. Changing the name declares a different note.",
    ),
    text: option(z.string(), "Text of the note."),
    password: option(
      z.nullable(secretRef),
      "Password that readers of the note must enter. Null requires no password.",
      null,
    ),
  },
  outputs: {
    url: option(z.string(), "Address of the note."),
    sizeBytes: option(z.int(), "Size of the text in bytes."),
  },
  immutable: {
    name: "Renaming would leave the old note behind: declare a new resource and destroy this one",
  },
  secret: ["password"],
  stableOutputs: ["url"],
  leastRights: "The account of `connection.token` may list, create, change and delete notes.",
  example: { name: "motd", text: "Welcome.\n" },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(notes, { name, password }) {
    const note = await notes.find(name);
    if (note === undefined) return undefined;
    return {
      mark: readMark(note.description),
      // A password cannot be read back, only tried.
      inputs: { name, text: note.text, password: (await matches(notes, note, password)) ? password : somethingElse },
      outputs: { url: notes.urlOf(name), sizeBytes: note.sizeBytes },
    };
  },

  create: async (notes, { name, text, password }, mark) =>
    notes.create(name, { text, description: withMark(null, mark), password: await reveal(password, name) }),

  update: async (notes, { name, text, password }, { changed }) =>
    notes.change(name, {
      ...(changed.has("text") && { text }),
      ...(changed.has("password") && { password: await reveal(password, name) }),
    }),

  delete: async (notes, { name }) => notes.remove(name),

  // From the note that was seen, not from another look: the write proves the look that decided.
  setMark: async (notes, { name }, mark) =>
    notes.change(name, { description: withMark(notes.seen(name).note.description, mark) }),

  async list(notes, managedBy) {
    const listed = [];
    for (const { name, description } of await notes.all()) {
      const mark = readMark(description);
      if (mark?.managedBy === managedBy) listed.push({ label: name, inputs: { name }, mark });
    }
    return listed;
  },
});

async function matches(notes: NotesReader, note: ApiNote, password: SecretRef | null): Promise<boolean> {
  if (password === null || !note.hasPassword) return (password !== null) === note.hasPassword;
  return await notes.hasPassword(note.name, await resolve(password, note.name));
}

const reveal = async (password: SecretRef | null, name: string): Promise<string | null> =>
  password === null ? null : (await resolve(password, name)).revealText();

const resolve = (password: SecretRef, name: string) => resolveSecret(password, `the password of note ${name}`);
