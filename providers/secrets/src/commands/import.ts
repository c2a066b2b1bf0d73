import { isatty } from "node:tty";
import {
  AlreadyExists,
  largestSecretBytes,
  ProviderError,
  resolveSecret,
  Secret,
  secretRef,
} from "@nixops4-resources/protocol-core";
import { readStdin, UnreadableFile } from "@nixops4-resources/protocol-core/files";
import { toJson, UsageError, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { recipientsOf } from "@nixops4-resources/protocol-secrets";
import type { ErrorCode } from "../errors.ts";
import { oneName, openWriter } from "./store.ts";

/** Stores an existing value without a mark. A resource can adopt it, and keeps the value until a rotation. */
export async function importSecret(given: CommandArguments, print: (text: string) => void): Promise<number> {
  const name = oneName(given);
  const { from } = given.values;
  await using store = await openWriter(given);
  const value = typeof from === "string" ? await fromReference(from, name) : await fromStdin(name);
  try {
    await store.create({
      name,
      mark: undefined,
      recipients: [],
      graceSeconds: 86_400,
      value,
      specification: {},
      generation: 1,
      public: await publicPartsOf(value),
      expiresAt: null,
    });
  } catch (error) {
    if (!(error instanceof AlreadyExists)) throw error;
    throw new ProviderError<ErrorCode>(`${store.place} already has a secret ${name}`, {
      code: "secrets.import.exists",
      hint: "Use another name, or rotate the existing secret",
    });
  }
  print(
    given.values["json"] === true
      ? toJson({ name, place: store.place })
      : `Stored ${name} in ${store.place}. A resource of that name adopts it with \`adopt = true\`.\n`,
  );
  return 0;
}

async function fromReference(text: string, name: string): Promise<Secret> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UsageError("--from takes a secret reference in JSON");
  }
  const { success, data, error } = secretRef.safeParse(given);
  if (!success) throw new UsageError(`--from takes ${error.issues[0]?.message ?? "a secret reference"}`);
  return await resolveSecret(data, `the value of secret ${name}`);
}

/** The exact bytes on stdin. */
async function fromStdin(name: string): Promise<Secret> {
  // A typed value would be visible on the screen.
  if (isatty(0)) throw new UsageError("Pipe the value into stdin, or name it with --from");
  const bytes = await readBytes();
  if (/^\r?\n?$/.test(bytes.toString("latin1"))) throw new UsageError("Stdin is empty; pipe the value into it");
  return new Secret(bytes, `the value of secret ${name}`);
}

async function readBytes(): Promise<Buffer> {
  try {
    return await readStdin(largestSecretBytes);
  } catch (error) {
    throw error instanceof UnreadableFile ? new UsageError(`Unable to read the value: ${error.message}`) : error;
  }
}

/** The public key or recipient of a private key in a known format; empty for other values. */
async function publicPartsOf(value: Secret): Promise<Record<string, string>> {
  const [, kind] =
    /^(?:#.*\n)*(-----BEGIN OPENSSH|AGE-SECRET-KEY-1)/.exec(value.revealBytes().toString("latin1")) ?? [];
  if (kind === undefined) return {};
  try {
    const [recipient = ""] = await recipientsOf(value);
    return kind.startsWith("AGE") ? { recipient } : { publicKey: recipient };
  } catch (error) {
    // A key with a passphrase or of a type that age does not support: the value is stored anyway.
    if (error instanceof ProviderError) return {};
    throw error;
  }
}
