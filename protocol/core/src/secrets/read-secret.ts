import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { codeOf, ProviderError } from "../report/error.ts";
import { currentContext } from "../request/context.ts";
import { Secret } from "./secret.ts";
import type { SecretRef } from "./ref-types.ts";

/** Larger than any key. If a file is larger, its path is probably wrong. */
export const largestSecretBytes = 1_048_576;

/** Returns the value, and a description of its origin for the log. */
export async function readSecret(ref: SecretRef, what: string): Promise<{ secret: Secret; from: string }> {
  if ("file" in ref) return { secret: toSecret(fromFile(ref.file, what), what), from: `file ${ref.file}` };
  if ("env" in ref) return { secret: toSecret(fromEnv(ref.env, what), what), from: `environment variable ${ref.env}` };
  if ("credential" in ref) {
    return { secret: toSecret(fromCredential(ref.credential, what), what), from: `credential ${ref.credential}` };
  }
  if ("command" in ref) {
    const { readCommand } = await import("./read-command.ts");
    return { secret: toSecret(await readCommand(ref.command, what), what), from: `command ${ref.command[0]}` };
  }
  const sources = await currentContext().secretSources?.();
  if (sources !== undefined) return await sources.default.read(ref, what);
  throw unreadable(
    what,
    `this provider does not support references of the kind ${Object.keys(ref).join(", ")}`,
    "secret.kind.unsupported",
    "Use a reference of another kind, such as `file`",
  );
}

/** A secret from its text. One trailing newline is not part of the value; an empty value is rejected. */
export function toSecret(text: string, what: string): Secret {
  const value = text.replace(/\r?\n$/, "");
  if (value === "")
    throw unreadable(what, "it is empty", "secret.empty", "Store the secret in the place that the reference names");
  return new Secret(value);
}

function fromFile(path: string, what: string): string {
  const real = attempt(() => realpathSync(path), path, what);
  const store = process.env["NIX_STORE_DIR"] ?? "/nix/store";
  if ([path, real].some((name) => name === store || name.startsWith(`${store}/`))) {
    throw unreadable(
      what,
      `${path} is in the Nix store, which every user of the machine can read`,
      "secret.file.store",
      "Set `file` to a string with a path outside the store, such as /run/secrets/password",
    );
  }
  const file = attempt(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), path, what);
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & 0o077) !== 0) {
      throw unreadable(
        what,
        `users other than the owner have access to ${path} (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`,
        "secret.file.mode",
        `Run \`chmod 0600 ${path}\``,
      );
    }
    if (size > largestSecretBytes) {
      throw unreadable(
        what,
        `${path} has ${size} bytes; the maximum is ${largestSecretBytes}`,
        "secret.file.size",
        "Set `file` to a file that contains only the secret",
      );
    }
    return attempt(() => readFileSync(file, "utf8"), path, what);
  } finally {
    closeSync(file);
  }
}

function fromEnv(name: string, what: string): string {
  const value = process.env[name];
  if (value !== undefined) return value;
  throw unreadable(
    what,
    `the environment variable ${name} is not set`,
    "secret.env.missing",
    `Set ${name} in the environment of nixops4`,
  );
}

// Source: https://systemd.io/CREDENTIALS/. Only the service can read the folder, so the mode of its files is not checked.
function fromCredential(name: string, what: string): string {
  const folder = process.env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined) {
    throw unreadable(
      what,
      "$CREDENTIALS_DIRECTORY is not set",
      "secret.credential.missing",
      `Start nixops4 in a systemd unit with LoadCredential=${name}:...`,
    );
  }
  const path = join(folder, name);
  return attempt(() => readFileSync(path, "utf8"), path, what);
}

/** Returns the result of `work`. Describes errors of the file system. */
function attempt<T>(work: () => T, path: string, what: string): T {
  try {
    return work();
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") {
      throw unreadable(
        what,
        `the file ${path} does not exist`,
        "secret.file.missing",
        `Create ${path} with the secret and mode 0600`,
      );
    }
    throw unreadable(
      what,
      `${path}: ${code || String(error)}`,
      "secret.file.unreadable",
      "Grant read permission to the user who runs nixops4",
    );
  }
}

/** The error of a reference. `what` describes the secret, such as `the password of role app`. */
export function unreadable(what: string, why: string, code: `secret.${string}`, hint: string): ProviderError {
  return new ProviderError(`${what} cannot be read: ${why}`, { code, hint });
}
