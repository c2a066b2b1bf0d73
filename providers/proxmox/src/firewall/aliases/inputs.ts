import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { networkIn } from "../network.ts";
import { words } from "../rules/inputs.ts";

const alias = z.strictObject({
  cidr: option(
    z
      .string()
      .check(
        z.refine((text) => networkIn(text) !== undefined, "an address, or a network without host bits: `192.0.2.0/28`"),
      ),
    "Address or network.",
  ),
  comment: option(words, "Comment, which is one line. Null means none.", null),
});

export type AliasInputs = z.output<typeof alias>;

export const aliases = option(
  z.record(z.string().check(z.regex(/^[a-z][a-z0-9_-]{1,63}$/)), alias),
  "Names of addresses and networks, in lower case. Rules and IP sets refer to them by `guest/NAME`. Other aliases of the VM are kept.",
  {},
);
