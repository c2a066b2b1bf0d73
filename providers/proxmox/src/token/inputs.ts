import { option, secretRef, type Values } from "@nixops4-resources/protocol-core";
import { secretName, storePlace } from "@nixops4-resources/protocol-secrets";
import * as z from "zod/mini";
import { tokenIdOf } from "../api/token-text.ts";
import { commentText } from "../comment.ts";
import type { Connection } from "../connection.ts";
import { expiration } from "../time.ts";
import { userId } from "../user/user-id.ts";

export const inputs = {
  user: option(
    userId,
    "Id of the user to whom the token belongs, such as an output of `user`. Changing it declares a different token.",
  ),
  name: option(
    z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9._-]{1,63}$/)),
    "Name of the token, unique for its user: 2 to 64 letters, digits, dots, hyphens and underscores, the first one a letter. Changing the name declares a different token.",
  ),
  privilegeSeparation: option(
    z.boolean(),
    "Whether the token has only privileges that `acl` gives to itself and that its user has, too. False gives it all privileges of its user.",
    true,
  ),
  expiresAt: option(
    z.nullable(expiration),
    'Time from which Proxmox rejects the token, in RFC 3339: `2030-01-31T00:00:00Z`. "never" removes it. Null does not manage it; a new token then never expires.',
    null,
  ),
  comment: option(
    z.nullable(commentText),
    "Comment of the token: at most 1500 characters. Null leaves it as it is. A further line of it is the mark of the deployment.",
    null,
  ),
  store: option(
    storePlace,
    "Secret store for the token. If the store does not have its secret, the token gets a new one, since Proxmox shows a secret only once.",
  ),
  secretName: option(secretName, "Name of the secret in `store`, such as `proxmox/shop-token`."),
};

export const outputs = {
  tokenId: option(z.string(), "Id of the token, `user!name`, for `token` of `acl`."),
  secret: option(
    z.nullable(secretRef),
    "Reference to the stored version of the whole token: `USER@REALM!TOKENID=UUID`, as `connection.token` takes it. Null only in the answer to a read, if the store does not have it.",
  ),
};

export type Inputs = Values<typeof inputs>;

export interface Wanted extends Inputs {
  readonly managedBy: string;
  readonly adopt: boolean;
  readonly adoptFrom: string | null;
  readonly connection: Connection;
}

/** `alice@pve!deploy` */
export const idOf = ({ user, name }: Pick<Inputs, "user" | "name">): string => tokenIdOf({ user, name });
