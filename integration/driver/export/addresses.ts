import { memberKey, type MemberKey, type MemberPath } from "../evaluation/member.ts";

/** A member as a resource of OpenTofu. */
export interface Named {
  readonly path: MemberPath;
  /** The type with its provider: `nixops4-postgres_role`. */
  readonly type: string;
}

/** Names for the resources: the paths of the members, such as `mastodon_database`. Unique within a type. */
export function resourceNames(members: readonly Named[]): ReadonlyMap<MemberKey, string> {
  const taken = new Set<string>();
  return new Map(
    members.map(({ path, type }) => {
      const plain = path
        .join("_")
        .replaceAll(/[^\w-]/g, "_")
        .replace(/^(?=[\d-])/, "_");
      let name = plain;
      for (let count = 2; taken.has(`${type}.${name}`); count++) name = `${plain}_${count}`;
      taken.add(`${type}.${name}`);
      return [memberKey(path), name];
    }),
  );
}
