import { readFileSync } from "node:fs";
import { isatty } from "node:tty";
import { AlreadyExists, ProviderError, resolveSecret, Secret, secretRef } from "@nixops4-resources/protocol-core";
import { UsageError, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { recipientsOf } from "@nixops4-resources/protocol-secrets";
import type { ErrorCode } from "../errors.ts";
import { asFile } from "../generators/copy.ts";
import { oneName, openWriter } from "./store.ts";

/** Keeps a value that was made elsewhere. It bears no mark: a resource adopts it, and keeps it until it rotates it. */
export async function importSecret(given: CommandArguments, print: (text: string) => void): Promise<number> {
  const name = oneName(given);
  const { from } = given.values;
  await using store = await openWriter(given);
  const value = new Secret(asFile(typeof from === "string" ? await fromReference(from, name) : fromStdin()));
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
    throw new ProviderError<ErrorCode>(`there is a secret ${name} in ${store.place} already`, {
      code: "secrets.import.exists",
      hint: "Give another name, or rotate the one that is there",
    });
  }
  print(`${name} is kept in ${store.place}. A resource of that name takes it over with \`adopt = true\`.\n`);
  return 0;
}

async function fromReference(text: string, name: string): Promise<string> {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new UsageError("--from takes a secret reference in JSON");
  }
  const { success, data, error } = secretRef.safeParse(given);
  if (!success) throw new UsageError(`--from takes ${error.issues[0]?.message ?? "a secret reference"}`);
  return (await resolveSecret(data, `the value of secret ${name}`)).reveal();
}

function fromStdin(): string {
  // It would stand on the screen.
  if (isatty(0)) throw new UsageError("Pipe the value into stdin, or name it with --from");
  const text = readFileSync(0, "utf8").replace(/\r?\n$/, "");
  if (text === "") throw new UsageError("There is no value on stdin");
  return text;
}

/** What others may know of a key whose form we read; nothing of another value. */
async function publicPartsOf(value: Secret): Promise<Record<string, string>> {
  const [, kind] = /^(?:#.*\n)*(-----BEGIN OPENSSH|AGE-SECRET-KEY-1)/.exec(value.reveal()) ?? [];
  if (kind === undefined) return {};
  try {
    const [recipient = ""] = await recipientsOf(value);
    return kind.startsWith("AGE") ? { recipient } : { publicKey: recipient };
  } catch (error) {
    // A passphrase, or a kind of key that age does not know: the value is kept all the same.
    if (error instanceof ProviderError) return {};
    throw error;
  }
}
