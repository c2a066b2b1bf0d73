import { option, type Want as WantOf } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { connection } from "../connection.ts";
import { aliases } from "./aliases/inputs.ts";
import { options } from "./options/options.ts";
import { rules } from "./rules/inputs.ts";
import { antiSpoofing, ipsets } from "./sets/inputs.ts";

const nullable = <T extends z.ZodMiniType>(type: T) => z.nullable(type);

export const inputs = {
  name: option(
    z.string().check(z.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)),
    "Name of the firewall within the deployment. It tells two resources of one VM apart, of which the second is refused.",
  ),
  vmid: option(
    z.int().check(z.minimum(100), z.maximum(999_999_999)),
    "Id of the VM: the output of a `vm`. It is found on whatever node it is.",
  ),
  vmManagedBy: option(
    nullable(z.string().check(z.regex(/^[a-z0-9-]{1,63}$/))),
    "Deployment that manages the VM, so that an operator can limit the VM of a tenant. The firewall of any other VM is refused. Null means this deployment.",
    null,
  ),
  ...options,
  rules,
  ipsets,
  antiSpoofing,
  aliases,
};

export const outputs = {
  otherRules: option(
    z.array(z.string()),
    "Rules that the deployment does not manage, in words. They are kept, and stay in effect.",
  ),
  unfilteredCards: option(
    z.array(z.string()),
    "Cards of the VM without `firewall = true`: nothing filters their packets.",
  ),
};

export type Want = WantOf<typeof connection, typeof inputs>;
export type Field = keyof typeof inputs;
