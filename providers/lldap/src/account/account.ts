import type { SecretRef } from "@nixops4-resources/protocol-core";
import type { Values } from "../attributes.ts";
import type { Connection } from "../connection.ts";

/** The wanted user of lldap, whichever resource type declares it. Null leaves a value as it is. */
export interface Account {
  readonly type: "service_account" | "user";
  readonly connection: Connection;
  readonly managedBy: string;
  readonly id: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly avatarFile: string | null;
  readonly attributes: Values;
  readonly groups: readonly string[];
  readonly password: SecretRef | null;
  readonly passwordMode: "enforce" | "initial";
  readonly disabled: boolean;
  readonly allowAdmin: boolean;
}

/** The groups of which the user shall be a member now. */
export const presentGroups = ({ disabled, groups }: Account): readonly string[] => (disabled ? [] : groups);

export const adminGroup = "lldap_admin";
