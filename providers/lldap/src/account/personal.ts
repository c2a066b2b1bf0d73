import type { Account } from "./account.ts";

type Personal = Pick<Account, "avatarFile" | "displayName" | "firstName" | "lastName">;

/** The fields that a person has, as lldap's mutations take them. What is null is left as it is. */
export async function personalFields({ displayName, firstName, lastName, avatarFile }: Personal) {
  const { readAvatar } = avatarFile === null ? { readAvatar: undefined } : await import("./avatar.ts");
  return {
    ...(displayName !== null && { displayName }),
    ...(firstName !== null && { firstName }),
    ...(lastName !== null && { lastName }),
    ...(avatarFile !== null && { avatar: await readAvatar?.(avatarFile) }),
  };
}
