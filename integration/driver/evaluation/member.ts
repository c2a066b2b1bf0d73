import type { JsonObject } from "../json.ts";

/** Path of a member in the deployment, such as `["mastodon", "database"]`. The root is the empty path. */
export type MemberPath = readonly string[];

/** A path as key of a map: the text of `builtins.toJSON path` in Nix. */
export type MemberKey = string;

/** The complete request that NixOps4 sends to the provider of one resource. */
export interface MemberRequest {
  readonly path: MemberPath;
  readonly type: string;
  /** The member that keeps this one's state; null for a stateless resource. */
  readonly state: MemberPath | null;
  readonly provider: Provider;
  readonly inputs: JsonObject;
  /** Names of the outputs that other members can read. */
  readonly outputs: readonly string[];
}

/** A provider process, as the deployment declares it. */
export interface Provider {
  readonly executable: string;
  readonly args: readonly string[];
}

export function memberKey(path: MemberPath): MemberKey {
  return JSON.stringify(path);
}

/** As NixOps4 writes it: `mastodon.database`. */
export function memberName(path: MemberPath): string {
  return path.length === 0 ? "(root)" : path.join(".");
}

/** The reverse of `memberName`; like NixOps4, it cannot quote a dot. */
export function parseMemberName(name: string): MemberPath {
  return name === "" ? [] : name.split(".");
}

/** Whether `path` is `ancestor` or below it. */
export function isWithin(path: MemberPath, ancestor: MemberPath): boolean {
  return ancestor.every((name, index) => path[index] === name);
}
