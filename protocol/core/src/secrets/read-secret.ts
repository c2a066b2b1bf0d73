import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { ProviderError } from "../report/error.ts";
import { Secret } from "./secret.ts";
import type { SecretRef } from "./ref.ts";
import { secretSources } from "./sources.ts";

/** Larger than any key; a bigger file is a wrong path. */
export const largestSecretBytes = 1_048_576;

/** The value, and words for a log about where it was found. */
export async function readSecret(ref: SecretRef, what: string): Promise<{ secret: Secret; from: string }> {
  if ("file" in ref) return { secret: toSecret(fromFile(ref.file, what), what), from: `file ${ref.file}` };
  if ("env" in ref) return { secret: toSecret(fromEnv(ref.env, what), what), from: `environment variable ${ref.env}` };
  if ("credential" in ref) {
    return { secret: toSecret(fromCredential(ref.credential, what), what), from: `credential ${ref.credential}` };
  }
  if ("command" in ref) {
    const [program = "", ...args] = ref.command;
    return { secret: toSecret(await fromCommand(program, args, what), what), from: `command ${program}` };
  }
  const sources = await secretSources();
  if (sources !== undefined) return await sources.read(ref, what);
  throw unreadable(
    what,
    `this provider does not read references of the kind ${Object.keys(ref).join(", ")}`,
    "secret.kind.unsupported",
    "Use a reference of another kind, such as `file`",
  );
}

/** A text as it was found: one trailing newline is not part of the secret, and nothing is no secret. */
export function toSecret(text: string, what: string): Secret {
  const value = text.replace(/\r?\n$/, "");
  if (value === "")
    throw unreadable(what, "it is empty", "secret.empty", "Put the secret where the reference points to");
  return new Secret(value);
}

function fromFile(path: string, what: string): string {
  const real = attempt(() => realpathSync(path), path, what);
  const store = process.env["NIX_STORE_DIR"] ?? "/nix/store";
  if ([path, real].some((name) => name === store || name.startsWith(`${store}/`))) {
    throw unreadable(
      what,
      `${path} is in the Nix store, which everybody can read`,
      "secret.file.store",
      "Name the file as a string outside the store, such as /run/secrets/password",
    );
  }
  const file = attempt(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), path, what);
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & 0o077) !== 0) {
      throw unreadable(
        what,
        `others than its owner may use ${path} (mode ${(mode & 0o777).toString(8).padStart(4, "0")})`,
        "secret.file.mode",
        `chmod 0600 ${path}`,
      );
    }
    if (size > largestSecretBytes) {
      throw unreadable(
        what,
        `${path} has ${size} bytes`,
        "secret.file.size",
        "Name the file that holds only the secret",
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
    `Set ${name} where nixops4 is started`,
  );
}

// Source: https://systemd.io/CREDENTIALS/. Their folder is private to the service, so the files need no look at their mode.
function fromCredential(name: string, what: string): string {
  const folder = process.env["CREDENTIALS_DIRECTORY"];
  if (folder === undefined) {
    throw unreadable(
      what,
      "there is no $CREDENTIALS_DIRECTORY",
      "secret.credential.missing",
      `Start nixops4 in a systemd unit with LoadCredential=${name}:...`,
    );
  }
  const path = join(folder, name);
  return attempt(() => readFileSync(path, "utf8"), path, what);
}

async function fromCommand(program: string, args: string[], what: string): Promise<string> {
  // Loaded with the first command.
  const { programOutput, ProgramFailed } = await import("./program-output.ts");
  try {
    return await programOutput(program, args, largestSecretBytes);
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw unreadable(
      what,
      `the command ${program} ${error.message}`,
      "secret.command.failed",
      "Run the command by hand as the same user and see",
    );
  }
}

/** File system errors, in words. */
function attempt<T>(work: () => T, path: string, what: string): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    if (code === "ENOENT") {
      throw unreadable(
        what,
        `there is no file ${path}`,
        "secret.file.missing",
        `Put the secret into ${path}, mode 0600`,
      );
    }
    throw unreadable(what, `${path}: ${code}`, "secret.file.unreadable", "Let the user who runs nixops4 read the file");
  }
}

/** `what` is whose it is, such as `the password of role app`. */
export function unreadable(what: string, why: string, code: `secret.${string}`, hint: string): ProviderError {
  return new ProviderError(`${what} cannot be read: ${why}`, { code, hint });
}
