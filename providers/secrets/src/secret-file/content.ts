import { ProviderError, resolveSecret, type SecretRef } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "../errors.ts";
import { flawOfTemplate, render, type Template } from "./template.ts";

interface Want {
  readonly path: string;
  readonly source: SecretRef | null;
  readonly template: Template | null;
}

/** Why the inputs declare no content; undefined if they do. */
export function refuseSource({ source, template }: Want): ProviderError | undefined {
  if ((source === null) === (template === null)) {
    return new ProviderError("exactly one of `source` and `template` must be set", {
      code: "secrets.template.invalid" satisfies ErrorCode,
      hint: "Set `source` for a file with one secret, or `template` for a text with several",
    });
  }
  return template === null ? undefined : flawOfTemplate(template);
}

/** The wanted content of the file: the exact bytes of the secret, or the template with its values. */
export async function contentOf({ path, source, template }: Want): Promise<Buffer> {
  if (source !== null) return (await resolveSecret(source, `the content of secret file ${path}`)).revealBytes();
  return template === null ? Buffer.alloc(0) : await render(template, path);
}
