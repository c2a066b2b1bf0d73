import { defineResource, option, secretRef, somethingElse } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection } from "../connection.ts";
import { accountAsWritten } from "../host/file-attributes.ts";
import { hostPath } from "../host/path.ts";
import { connectHostReader, connectHostWriter } from "../host/writer.ts";
import { contentOf, refuseSource } from "./content.ts";
import { template } from "./template.ts";

const account = z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?$/));
const unit = z.string().check(z.regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/));

export default defineResource({
  type: "secret_file",
  description:
    "File with a secret on a host, for programs that run there. The inputs `mode`, `owner`, `group` and `restartUnits` and the output `path` match SelfHostBlocks' secret contract. The value is sent only through SSH's stdin. The mark is in `connection.registry` on the host, so the next apply restores a file in `/run` after a restart of the host.",
  requireState: false,
  identity: ["path"],
  connection,
  inputs: {
    path: option(
      hostPath,
      "Absolute path of the file on the host, such as `/run/nixops4-secrets/db-password`: at most 200 letters, digits and `_ . @ % + = , -`. Missing folders are created with mode 0711: users can reach known names, but cannot list the folder. Changing the path declares a different file.",
    ),
    source: option(
      z.nullable(secretRef),
      "Secret to write. The file gets its exact bytes. If the source ends with a newline, as one that `echo` writes, so does the file. Null if `template` is set.",
      null,
    ),
    template: option(
      z.nullable(template),
      "Text with several secrets, in place of `source`: an environment file, or a configuration file in YAML.",
      null,
    ),
    mode: option(z.string().check(z.regex(/^0[0-7]{3}$/)), "Permission bits in octal, such as `0440`.", "0400"),
    owner: option(account, "Owner of the file, by name or number. The user must exist on the host.", "root"),
    group: option(account, "Group of the file, by name or number. The group must exist on the host.", "root"),
    restartUnits: option(
      z.array(unit),
      "systemd units to restart after the content has changed or was restored. Stopped units stay stopped. A host without `systemctl` is rejected.",
      [],
    ),
  },
  outputs: {
    path: option(z.string(), "Path of the file, available once the file exists."),
    fingerprint: option(
      z.nullable(z.string()),
      "Fingerprint that changes with the content and reveals nothing about it: 16 hexadecimal digits of a hash with a key that only the host has. Null if the file does not have the wanted content.",
    ),
  },
  immutable: {
    path: "The file at the old path would stay behind: declare a new resource, move its readers to it and destroy this one",
  },
  secret: ["source", "template"],
  stableOutputs: ["path"],
  leastRights:
    "On the host, a user with a POSIX shell and write permission in `connection.registry` and in the file's folder. Only root and that user may be able to change the folders above the file. Files for other users, and `restartUnits`, need root: log in as root or set `connection.ssh.elevate`. The host needs the programs of POSIX; those of busybox are enough.",
  example: {
    path: "/run/nixops4-secrets/db-password",
    source: { file: "/run/secrets/db-password" },
    restartUnits: ["mastodon-web.service"],
  },

  label: ({ path }) => path,
  connectReader: connectHostReader,
  connectWriter: connectHostWriter,

  async read(host, want) {
    const { path, source, owner, group } = want;
    const refusal = host.needsContent ? refuseSource(want) : undefined;
    if (refusal !== undefined) throw refusal;
    const found = await host.look(path);
    if (found === undefined) return undefined;
    const { mark, attributes, owesRestart, fingerprintKey } = found;
    const content = host.needsContent ? await contentOf(want) : undefined;
    const isWanted = attributes !== undefined && content !== undefined && (await host.holds(path, content));
    return {
      mark,
      inputs: {
        path,
        source: isWanted || source === null ? source : somethingElse,
        template: isWanted || want.template === null ? want.template : somethingElse,
        ...(attributes && {
          mode: attributes.mode,
          owner: accountAsWritten(owner, attributes.owner),
          group: accountAsWritten(group, attributes.group),
        }),
        // The host records only that a restart is due, not of which units.
        ...(owesRestart && { restartUnits: [] }),
      },
      outputs: {
        path,
        fingerprint: isWanted && fingerprintKey !== undefined ? await fingerprint(fingerprintKey, path, content) : null,
      },
    };
  },

  create: async (host, want, mark) => host.create({ ...want, content: await contentOf(want) }, mark),

  async update(host, want, { changed, mark }) {
    const { path, restartUnits } = want;
    if (changed.size === 1 && changed.has("restartUnits")) return await host.restart(path, restartUnits, mark);
    const isNew = (["source", "template", "restartUnits"] as const).some((field) => changed.has(field));
    const content = await contentOf(want);
    await host.replace({ ...want, content, restartUnits: isNew ? restartUnits : [] }, mark);
  },

  delete: async (host, { path }, { mark }) => {
    if (mark !== undefined) await host.remove(path, mark);
  },

  setMark: async (host, { path }, mark, expected) => host.setMark(path, mark, expected),

  async list(host, managedBy) {
    const marked = await host.list();
    return marked
      .filter(({ mark }) => mark.managedBy === managedBy)
      .map(({ path, mark }) => ({ label: path, inputs: { path }, mark }));
  },
});

/** Includes the path, so that two files do not show that they contain the same secret. */
async function fingerprint(key: string, path: string, content: Buffer): Promise<string> {
  const { createHmac } = await import("node:crypto");
  return createHmac("sha256", key).update(`${path}\0`).update(content).digest("hex").slice(0, 16);
}
