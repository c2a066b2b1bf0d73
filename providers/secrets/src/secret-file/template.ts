import { option, ProviderError, resolveSecret, secretRef, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { formats, placeholdersIn, type FormatName } from "./formats.ts";

const secretName = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/));

export const template = z.strictObject({
  text: option(
    z.string().check(z.maxLength(65_536)),
    "Text of the file. `{{ name }}` stands for the value of `secrets.name`. The text reaches state and logs, so it contains no secret.",
  ),
  secrets: option(
    withExample(z.record(secretName, secretRef), { db: { file: "/run/secrets/db-password" } }),
    "Secrets by the name of their placeholder. Each must be text; one final newline is left out.",
  ),
  format: option(
    z.enum(["plain", "systemdEnvironment", "dotenv", "yaml"]),
    "How values are quoted. `plain` does not quote them. `systemdEnvironment` and `dotenv` have lines `NAME=value`, whose value is quoted as a whole if it has a placeholder: for `EnvironmentFile=` of systemd and shells that read the same file, or for Laravel's `.env`. `yaml` writes a placeholder as a string.",
    "plain",
  ),
});

export type Template = z.output<typeof template>;

/** What is wrong with a template, whatever the values of its secrets. */
export function flawOfTemplate({ text, secrets, format }: Template): ProviderError | undefined {
  const used = new Set<string>();
  for (const [index, line] of text.split("\n").entries()) {
    const names = placeholdersIn(line);
    for (const name of names) {
      if (!Object.hasOwn(secrets, name))
        return malformed(`line ${index + 1} names the secret ${name}, which \`template.secrets\` does not have`);
      used.add(name);
    }
    const flaw = names.length === 0 ? undefined : formats[format].flaw(line);
    if (flaw !== undefined) return malformed(`line ${index + 1} cannot be written as ${format}: ${flaw}`);
  }
  const unused = Object.keys(secrets).find((name) => !used.has(name));
  return unused === undefined ? undefined : malformed(`no line has the placeholder {{ ${unused} }}`);
}

const malformed = (reason: string): ProviderError =>
  new ProviderError(`\`template\` is invalid: ${reason}`, {
    code: "secrets.template.invalid" satisfies ErrorCode,
    hint: "Write `{{ name }}` once for each name of `template.secrets`, as the format allows",
  });

/** The file's content. Throws `secret.text.invalid`, with the name of the secret, if it is no text. */
export async function render({ text, secrets, format }: Template, path: string): Promise<Buffer> {
  const values = new Map<string, string>();
  for (const [name, ref] of Object.entries(secrets)) {
    values.set(name, (await resolveSecret(ref, `the secret ${name} of secret file ${path}`)).revealText());
  }
  const fill = (line: string): string => fillLine(format, line, (name) => values.get(name) ?? "");
  return Buffer.from(text.split("\n").map(fill).join("\n"));
}

const fillLine = (format: FormatName, line: string, valueOf: (name: string) => string): string =>
  placeholdersIn(line).length === 0 ? line : formats[format].fill(line, valueOf);
