/** Who calls: a user with a ticket, or a token. */
export interface Caller {
  /** `ta@pve`, or `ta@pve!kk` for a token. */
  readonly name: string;
  /** The user alone. */
  readonly user: string;
  readonly tokenId: string | undefined;
}

/** A token of root@pam is not root@pam. Reference: section 2 */
export const isRoot = ({ name }: Caller): boolean => name === "root@pam";

export function callerOf(name: string): Caller {
  const [user = name, tokenId] = name.split("!", 2);
  return { name, user, tokenId };
}
