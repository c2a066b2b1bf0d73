// Distinguished names. lldap drops the connection on an upper-case letter in some operations, so all are in lower case.

interface Directory {
  readonly baseDn: string;
}

export const baseDnOf = ({ baseDn }: Directory): string => baseDn.toLowerCase();

/** DN of the folder of all users. */
export const peopleDn = (directory: Directory): string => `ou=people,${baseDnOf(directory)}`;

/** DN of the folder of all groups. */
export const groupsDn = (directory: Directory): string => `ou=groups,${baseDnOf(directory)}`;

export const userDn = (directory: Directory, id: string): string => `uid=${id},${peopleDn(directory)}`;

export const groupDn = (directory: Directory, name: string): string =>
  `cn=${name.toLowerCase()},${groupsDn(directory)}`;
