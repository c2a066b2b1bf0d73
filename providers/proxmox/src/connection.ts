import { option, resolveSecret, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { endpointChecks, endpointInputs, type Target } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import { tokenMalformed } from "./api/failure.ts";
import { partsOfToken, type TokenParts } from "./api/token-text.ts";

/** Address of the cluster and our credentials there; the same for every type of this provider. */
export const connection = z
  .strictObject({
    ...endpointInputs("https://pve.example.org:8006"),
    token: option(
      withExample(secretRef, { file: "/run/secrets/proxmox-token" }),
      "API token, on one line: `USER@REALM!TOKENID=UUID`. A token with privilege separation has only the rights that both its user and itself have.",
    ),
  })
  .check(...endpointChecks);

export type Connection = z.output<typeof connection>;

/** The proxy of a node could not reach another node (595), or lost it (596), or gave up after redirections (599). */
const proxyFailures = [595, 596, 599];

export const targetOf = (inputs: Connection): Target => ({
  url: inputs.url,
  tls: inputs.tls,
  allowPlaintext: inputs.allowPlaintext,
  inputs: { credential: "connection.token" },
  busy: proxyFailures,
  authorize: async () => ({ Authorization: `PVEAPIToken=${(await tokenOf(inputs)).text}` }),
});

/** The token of the connection. Throws if its text has another form; never with the text. */
export async function tokenOf({ token, url }: Connection): Promise<TokenParts> {
  const text = (await resolveSecret(token, `the API token for ${url}`)).revealHeader();
  const parts = partsOfToken(text);
  if (parts === undefined) throw tokenMalformed(url, text);
  return parts;
}
