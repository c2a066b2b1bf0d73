import { defineResource, option, secretRef, somethingElse } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection } from "../connection.ts";
import { accountAsWritten } from "../host/file-attributes.ts";
import { hostPath } from "../host/path.ts";
import { connectHostReader, connectHostWriter } from "../host/writer.ts";

const account = z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*[$]?$/));
const unit = z.string().check(z.regex(/^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*$/));

export default defineResource({
  type: "secret_file",
  description:
    "A file with a secret on a host, for the programs that run there. Its inputs `mode`, `owner`, `group` and `restartUnits` and its output `path` are those of SelfHostBlocks' secret contract. The value goes over SSH's stdin alone; the mark lies in `connection.registry` on the host, so a file in `/run` that went with a restart is brought back by the next apply.",
  requireState: false,
  connection,
  inputs: {
    path: option(
      hostPath,
      "Absolute path of the file on the host, such as `/run/nixops4-secrets/db-password`: letters, digits and `_ . @ % + = , -`, at most 200. Folders that lack are made with mode 0711: who knows a name can reach it, nobody can list them. Another path is another file.",
    ),
    source: option(
      secretRef,
      "The secret. Nothing is added to a value of one line; one of several lines (a key, a certificate) ends with a newline.",
    ),
    mode: option(z.string().check(z.regex(/^0[0-7]{3}$/)), "Permission bits in octal, such as `0440`.", "0400"),
    owner: option(account, "User on the host who owns the file, by name or number. It must exist.", "root"),
    group: option(account, "Group on the host, by name or number. It must exist.", "root"),
    restartUnits: option(
      z.array(unit),
      "Units of systemd to restart after the content has changed, or has come back; those that are stopped stay so. Refused on a host without `systemctl`.",
      [],
    ),
  },
  outputs: {
    path: option(z.string(), "The path, once the file is there."),
    fingerprint: option(
      z.nullable(z.string()),
      "Changes with the content and tells nothing about it: 16 hexadecimal digits of a hash, keyed by a number that only the host has. Null where the content is not the wanted one.",
    ),
  },
  immutable: {
    path: "The file under the old path would stay behind: declare a new resource, move its readers to it and destroy this one",
  },
  secret: ["source"],
  stableOutputs: ["path"],
  leastRights:
    "On the host, a user with a POSIX shell who may write in `connection.registry` and in the folder of the file, on the way to which nobody but root and that user may change a folder. Files for other users, and `restartUnits`, need root, by logging in as root or with `connection.ssh.elevate`. Of programs the host needs those that POSIX has, as busybox brings them.",
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
    const found = await host.look(path);
    if (found === undefined) return undefined;
    const { mark, attributes, owesRestart, fingerprintKey } = found;
    const content = host.needsContent ? await host.content(source, path) : undefined;
    const isWanted = attributes !== undefined && content !== undefined && (await host.holds(path, content));
    return {
      mark,
      inputs: {
        path,
        source: isWanted ? source : somethingElse,
        ...(attributes && {
          mode: attributes.mode,
          owner: accountAsWritten(owner, attributes.owner),
          group: accountAsWritten(group, attributes.group),
        }),
        // Which units an earlier apply had in mind is not to be seen, only that none of them was restarted yet.
        ...(owesRestart && { restartUnits: [] }),
      },
      outputs: {
        path,
        fingerprint: isWanted && fingerprintKey !== undefined ? await fingerprint(fingerprintKey, path, content) : null,
      },
    };
  },

  create: async (host, want, mark) =>
    host.create({ ...want, content: await host.content(want.source, want.path) }, mark),

  async update(host, want, { changed, mark }) {
    const { path, source, restartUnits } = want;
    if (changed.size === 1 && changed.has("restartUnits")) return await host.restart(path, restartUnits);
    const isNew = changed.has("source") || changed.has("restartUnits");
    const content = await host.content(source, path);
    await host.replace({ ...want, content, restartUnits: isNew ? restartUnits : [] }, mark);
  },

  delete: async (host, { path }, { mark }) => {
    if (mark !== undefined) await host.remove(path, mark);
  },

  setMark: async (host, { path }, mark) => host.setMark(path, mark),

  async list(host, managedBy) {
    const marked = await host.list();
    return marked
      .filter(({ mark }) => mark.managedBy === managedBy)
      .map(({ path, mark }) => ({ label: path, inputs: { path }, mark }));
  },
});

/** The path is in it: one secret in two files is not told to be one. */
async function fingerprint(key: string, path: string, content: Buffer): Promise<string> {
  const { createHmac } = await import("node:crypto");
  return createHmac("sha256", key).update(`${path}\0`).update(content).digest("hex").slice(0, 16);
}
