// Which secret a token has. Proxmox gives a new secret no name, so the mark names it: a store that has an older one is known
// to have a wrong one, however the process that asked for the new one ended.
import { randomBytes } from "node:crypto";
import type { Mark } from "@nixops4-resources/protocol-core";

const member = "secret";

export const newSecretId = (): string => randomBytes(8).toString("hex");

/** Undefined for a token that somebody else created. */
export function secretIdIn(mark: Mark | undefined): string | undefined {
  const id = mark?.more?.[member];
  return typeof id === "string" ? id : undefined;
}

export const withSecretId = (mark: Mark, id: string): Mark => ({ ...mark, more: { ...mark.more, [member]: id } });
