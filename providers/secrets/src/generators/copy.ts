import { option, resolveSecret, secretRef } from "@nixops4-resources/protocol-core";
import { defineGenerator, onlyValue } from "./generator.ts";

export const copy = defineGenerator({
  description:
    "Exact copy of an existing secret, byte for byte: from an agenix or sops file, a systemd credential or a command. It is read once per `generation`.",
  inputs: () => ({ source: option(secretRef, "Reference to the secret.") }),
  formerNames: { from: "source" },
  async generate({ source }) {
    const secret = await resolveSecret(source, "the secret to copy");
    return onlyValue(secret.revealBytes());
  },
});
