import {
  defineResource,
  encodeMark,
  MarkChanged,
  option,
  readMark,
  requireMark,
  resolveSecret,
  secretRef,
  somethingElse,
  type Mark,
  type SecretRef,
} from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection, connectReader, connectWriter } from "./folder.ts";

export default defineResource({
  type: "file",
  description: "A small text file. Its first line is the mark of the deployment that manages it.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs: {
    name: option(
      z.string().check(z.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/)),
      "Name of the file in the folder. Changing the name declares a different file.",
    ),
    content: option(z.string(), "Text of the file, below its header."),
    mode: option(z.string().check(z.regex(/^0[0-7]{3}$/)), "Permission bits in octal, such as `0644`.", "0644"),
    key: option(
      z.nullable(secretRef),
      "Key that signs the content; the header then contains the HMAC-SHA256. Null means no signature.",
      null,
    ),
  },
  outputs: {
    path: option(z.string(), "Absolute path of the file."),
    sizeBytes: option(z.int(), "Size of the file in bytes, including the header."),
  },
  immutable: {
    name: "Rename the file manually (mv), or declare a new resource and destroy this one",
  },
  secret: ["key"],
  stableOutputs: ["path"],
  leastRights: "The user who runs nixops4 may list the folder and write in it.",
  example: { name: "motd", content: "Welcome.\n" },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(folder, { name, key }) {
    const file = folder.read(name);
    if (file === undefined) return undefined;
    const { mark, signature, body } = parse(file.text);
    return {
      mark,
      // The key cannot be read back. The signature shows whether it is the same.
      inputs: {
        name,
        content: body,
        mode: file.mode,
        key: signature === (await sign(body, key, name)) ? key : somethingElse,
      },
      outputs: { path: folder.pathOf(name), sizeBytes: Buffer.byteLength(file.text) },
    };
  },

  create: async (folder, want, mark) => folder.create(want.name, await toFile(want, mark)),

  // The look decides, the write proves: whoever changed the mark since the look may own the file now. What takes time, such
  // as a key's command, happens before the lock.
  async update(folder, want, { mark }) {
    const file = await toFile(want, mark);
    await folder.exclusively(want.name, () => {
      const before = folder.read(want.name);
      if (before === undefined) throw new MarkChanged();
      requireMark(parse(before.text).mark, mark);
      folder.replace(want.name, file);
    });
  },

  delete: (folder, { name }, { mark }) =>
    folder.exclusively(name, () => {
      const file = folder.read(name);
      if (file === undefined) return;
      requireMark(parse(file.text).mark, mark);
      folder.remove(name);
    }),

  setMark: (folder, { name }, mark, expected) =>
    folder.exclusively(name, () => {
      const file = folder.read(name);
      if (file === undefined) throw new MarkChanged();
      const { mark: found, signature, body } = parse(file.text);
      requireMark(found, expected);
      folder.replace(name, { ...file, text: format({ mark, signature, body }) });
    }),

  async list(folder, managedBy) {
    const listed = [];
    for (const name of folder.names()) {
      const mark = readMark(folder.read(name)?.text);
      if (mark?.managedBy === managedBy) listed.push({ label: name, inputs: { name }, mark });
    }
    return listed;
  },
});

interface Parts {
  mark: Mark | undefined;
  signature: string | undefined;
  body: string;
}

/** Splits a file into its header of one or two lines, and the content after an empty line. A file without a mark has no header. */
function parse(text: string): Parts {
  const end = text.indexOf("\n\n");
  const mark = readMark(text.split("\n", 1)[0]);
  if (mark === undefined || end < 0) return { mark, signature: undefined, body: text };
  const signature = /^hmac-sha256: (.*)$/m.exec(text.slice(0, end))?.[1];
  return { mark, signature, body: text.slice(end + 2) };
}

function format({ mark, signature, body }: Parts): string {
  if (mark === undefined) return body;
  return `${[encodeMark(mark), ...(signature === undefined ? [] : [`hmac-sha256: ${signature}`])].join("\n")}\n\n${body}`;
}

async function toFile(
  want: { name: string; content: string; mode: string; key: SecretRef | null },
  mark: Mark,
): Promise<{ text: string; mode: string }> {
  const signature = await sign(want.content, want.key, want.name);
  return { text: format({ mark, signature, body: want.content }), mode: want.mode };
}

async function sign(body: string, key: SecretRef | null, name: string): Promise<string | undefined> {
  if (key === null) return undefined;
  const secret = await resolveSecret(key, `the key of file ${name}`);
  // Loaded only if a key is set, since it takes 7 ms.
  const { createHmac } = await import("node:crypto");
  return createHmac("sha256", secret.revealBytes()).update(body).digest("hex");
}
