import { option, resolveSecret, secretRef } from "@nixops4-resources/protocol-core";
import { defineGenerator, onlyValue } from "./generator.ts";

export const copy = defineGenerator({
  description:
    "A copy of a secret that you bring: from a file of agenix or sops, a systemd credential or a command. It is read once per `generation`.",
  inputs: () => ({ from: option(secretRef, "Where the secret is.") }),
  async generate({ from }) {
    const secret = await resolveSecret(from, "the secret to copy");
    return onlyValue(asFile(secret.reveal()));
  },
});

/** A reference gives a text without its last newline; a key or certificate of several lines is none without it. */
export const asFile = (text: string): string => (text.includes("\n") ? `${text}\n` : text);
