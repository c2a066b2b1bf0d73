import { withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** Letters of any script, and characters that mean the same in a DN and in a filter: lldap knows no escapes in a DN. */
const plainName = /^[\p{L}\p{N}_]([\p{L}\p{N} ._@-]*[\p{L}\p{N}._@-])?$/u;

/** Not as a pattern of the schema, which has no flag for letters of all scripts. */
export const groupName = withExample(
  z.string().check(
    z.minLength(1),
    z.maxLength(255),
    z.refine((name) => plainName.test(name), {
      message: "letters, digits, `_`, `.`, `@`, `-` and spaces, with a letter, digit or `_` first and no space last",
      abort: true,
    }),
  ),
  "operators",
);

export const groupNames = z
  .array(groupName)
  .check(
    z.refine(
      (names) => names.every((name, index) => names.findIndex((other) => isSameName(name, other)) === index),
      "a list with each group once; case does not matter",
    ),
  );

/** The groups that lldap creates at each start. */
export const builtInGroups: readonly string[] = ["lldap_admin", "lldap_password_manager", "lldap_strict_readonly"];

export const isBuiltIn = (name: string): boolean => builtInGroups.some((builtIn) => isSameName(builtIn, name));

/** Names of groups are unique without regard to case. */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
