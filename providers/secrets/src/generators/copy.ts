import { option, resolveSecret, secretRef } from "@nixops4-resources/protocol-core";
import { defineGenerator, onlyValue } from "./generator.ts";

export const copy = defineGenerator({
  description:
    "Copy of an existing secret: from an agenix or sops file, a systemd credential or a command. It is read once per `generation`.",
  inputs: () => ({ from: option(secretRef, "Reference to the secret.") }),
  async generate({ from }) {
    const secret = await resolveSecret(from, "the secret to copy");
    return onlyValue(asFile(secret.reveal()));
  },
});

/** Restores the last newline that a reference strips: a key or certificate of several lines is invalid without it. */
export const asFile = (text: string): string => (text.includes("\n") ? `${text}\n` : text);
