import { option, ProviderError, type Secret } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";
import { defineDerived } from "./derived.ts";

const cost = () => ({
  cost: option(
    z.int().check(z.minimum(4), z.maximum(20)),
    "Work factor: checking a password takes 2^`cost` rounds.",
    12,
  ),
});

export const bcrypt = defineDerived("bcrypt hash of another secret, for a server that checks it.", cost, hash);

export const htpasswd = defineDerived(
  "Line of an htpasswd file for nginx, Apache and others, with the bcrypt hash of another secret.",
  () => ({
    user: option(z.string().check(z.regex(/^[^:\n\r]{1,255}$/)), "Name of the user, without a colon."),
    ...cost(),
  }),
  // Apache accepts only the prefix $2y$; the hash is the same. Source: https://httpd.apache.org/docs/2.4/misc/password_encryptions.html
  async (source, { user, ...given }) => `${user}:${(await hash(source, given)).replace(/^\$2b\$/, "$2y$")}`,
);

async function hash(source: Secret, given: { cost: number }): Promise<string> {
  const { hashSync, truncates } = await import("bcryptjs");
  if (truncates(source.revealText())) {
    throw new ProviderError<ErrorCode>("the source is longer than 72 bytes, and bcrypt ignores the rest", {
      code: "secrets.source.long",
      hint: "Generate a shorter source, such as a password of 64 characters, or use `argon2id`",
    });
  }
  return hashSync(source.revealText(), given.cost);
}
