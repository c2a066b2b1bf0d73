import type { ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import type { Want } from "./inputs.ts";
import { isDifferent, type Look } from "./look.ts";

/** Names that LDAP clients use for what lldap has itself: they would never see a custom attribute of such a name. */
const namesInLdap = new Set(
  "cn createtimestamp creationdate displayname distinguishedname dn email entrydn entryuuid firstname givenname groupid id ismemberof jpegphoto lastname mail member memberof modifydate modifytimestamp objectclass passwordmodifydate pwdchangedtime sn uid uniquemember uuid".split(
    " ",
  ),
);

/** Throws what lldap would reject, before anything is written. */
export function requirePossible(want: Want, { found, other }: Look): void {
  const { name, kind, attributeType } = want;
  if (found?.isHardcoded === true) throw reserved(`the ${kind} attribute ${name} belongs to lldap itself`);
  if (namesInLdap.has(name)) throw reserved(`${name} is a name for something else in lldap's LDAP server`);
  const isWritten = found === undefined || isDifferent(want, found);
  if (isWritten && other !== undefined && other.attributeType !== attributeType) throw typeConflict(want, other);
}

/** Throws if the attribute must not be deleted. */
export function requireOwn({ name, kind }: Want, { found }: Look): void {
  if (found?.isHardcoded === true) throw reserved(`the ${kind} attribute ${name} belongs to lldap itself`);
}

const reserved = (reason: string): ProviderError =>
  failure(reason, "lldap.attribute.reserved", "Choose another name, such as one with a prefix of your own");

function typeConflict({ kind, name, attributeType }: Want, other: NonNullable<Look["other"]>): ProviderError {
  const otherKind = kind === "user" ? "group" : "user";
  return failure(
    `the ${otherKind} attribute ${name} has the type ${other.attributeType}, and one of ${kind}s cannot have the type ${attributeType}: LDAP knows one type per name`,
    "lldap.attribute.typeConflict",
    `Set \`attributeType = "${other.attributeType}"\`, or choose another name`,
  );
}

/** Why the values cannot be deleted. */
export function loss({ kind, name }: Want, holders: number): ProviderError {
  const whose = holders === 1 ? `1 ${kind} has` : `${holders} ${kind}s have`;
  return failure(
    `${whose} values of the attribute ${name}, which would be lost: lldap cannot change an attribute, only delete it`,
    "lldap.schema.loss",
    "Set `confirmLoss = true` to lose the values, or declare an attribute of another name and copy them",
  );
}
