import { option, resolveSecret, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { baseUrl, endpointChecks, endpointInputs, type Target } from "@nixops4-resources/protocol-http";
import { authoritiesFile } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";

const hostName = z.string().check(z.regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/));

/** The S3 API of the same cluster. */
const s3 = z.strictObject({
  endpoint: option(
    withExample(baseUrl, "https://s3.example.org"),
    "Base URL of Garage's S3 API, as the applications reach it. The admin API does not tell it.",
  ),
  caFile: authoritiesFile,
  region: option(
    z.string().check(z.minLength(1)),
    "Region of the S3 API: `s3_region` in Garage's configuration. A server with another region is rejected.",
    "garage",
  ),
});

const web = z.strictObject({
  rootDomain: option(
    z.nullable(hostName),
    "Domain below which buckets with a website answer: `root_domain` of `[s3_web]` in Garage's configuration, without the dot at its start. Null if the websites have only domains of their own.",
    null,
  ),
});

/** Address of the cluster and our credentials there; the same for every type of this provider. */
export const connection = z
  .strictObject({
    ...endpointInputs("https://garage-admin.example.org"),
    token: option(
      withExample(secretRef, { file: "/run/secrets/garage-admin-token" }),
      "Admin token: the one of Garage's configuration, or one with the scopes that the types name.",
    ),
    s3: option(s3, "S3 API of the same cluster."),
    web: option(web, "Website endpoint of the same cluster.", { rootDomain: null }),
  })
  .check(...endpointChecks);

export type Connection = z.output<typeof connection>;

/** The admin API. Without `authorize` it is asked as a stranger would ask it, which costs the server no hash of a token. */
export const strangerTo = ({ url, tls, allowPlaintext }: Connection): Target => ({
  url,
  tls,
  allowPlaintext,
  inputs: { credential: "connection.token" },
});

export const targetOf = (inputs: Connection): Target => ({
  ...strangerTo(inputs),
  authorize: async () => ({
    Authorization: `Bearer ${(await resolveSecret(inputs.token, `the admin token for ${inputs.url}`)).revealHeader()}`,
  }),
});
