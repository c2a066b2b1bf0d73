// Apart from read-secret.ts, since only references to files need it.
import { join } from "node:path";
import { readUserFile, UnreadableFile, type UserFileOptions } from "../files/read-user-file.ts";
import { largestSecretBytes, unreadable } from "./read-secret.ts";

export const fromFile = (path: string, what: string): Promise<Buffer> =>
  readSecretFile(path, what, {
    largestBytes: largestSecretBytes,
    check({ mode }, real) {
      const store = process.env["NIX_STORE_DIR"] ?? "/nix/store";
      if ([path, real].some((name) => name === store || name.startsWith(`${store}/`))) {
        throw unreadable(
          what,
          `${path} is in the Nix store, which everybody can read`,
          "secret.file.store",
          "Name the file as a string outside the store, such as /run/secrets/password",
        );
      }
      if ((mode & 0o077) === 0) return;
      throw unreadable(
        what,
        `others than its owner may use ${path} (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`,
        "secret.file.mode",
        `chmod 0600 ${path}`,
      );
    },
  });

// Source: https://systemd.io/CREDENTIALS/. The folder is private to the service, so the mode of its files does not matter.
export async function fromCredential(name: string, what: string): Promise<Buffer> {
  const folder = process.env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined) {
    throw unreadable(
      what,
      "$CREDENTIALS_DIRECTORY is not set",
      "secret.credential.missing",
      `Start nixops4 in a systemd unit with LoadCredential=${name}:...`,
    );
  }
  return await readSecretFile(join(folder, name), what, { largestBytes: largestSecretBytes });
}

/** The bytes of a file that a reference names; `create` is the hint for a missing one. */
export async function readSecretFile(
  path: string,
  what: string,
  options: UserFileOptions,
  create = `Put the secret into ${path}, mode 0600`,
): Promise<Buffer> {
  try {
    return await readUserFile(path, options);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    const { kind, message, hint } = error;
    if (kind === "missing") throw unreadable(what, `the file ${path} does not exist`, "secret.file.missing", create);
    if (kind === "large") {
      throw unreadable(what, message, "secret.file.size", "Name the file that holds only the secret");
    }
    throw unreadable(what, message, "secret.file.unreadable", hint);
  }
}
