import { option, resolveSecret, secretRef } from "@nixops4-resources/protocol-core";
import { defineGenerator, onlyValue } from "./generator.ts";

export const copy = defineGenerator({
  description:
    "A copy of a secret that you bring: from a file of agenix or sops, a systemd credential or a command. It is read once per `generation`.",
  inputs: () => ({ from: option(secretRef, "Where the secret is.") }),
  async generate({ from }) {
    const secret = await resolveSecret(from, "the secret to copy");
    return onlyValue(secret.reveal());
  },
});
