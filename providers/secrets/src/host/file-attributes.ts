/** Owner and permissions of a file. */
export interface Attributes {
  /** Permission bits in octal, such as `0400`. */
  mode: string;
  owner: Account;
  group: Account;
}

/** A user or a group. Without a name, `name` is the number. */
export interface Account {
  name: string;
  number: string;
}

/** Parses a line of `ls -ld` and one of `ls -ldn`: POSIX has no other program that shows these. */
export function attributesIn(names: string, numbers: string): Attributes {
  const [permissions = "", , owner = "", group = ""] = numbers.split(/ +/);
  const [, , ownerName = owner, groupName = group] = names.split(/ +/);
  return {
    mode: octal(permissions),
    owner: { name: ownerName, number: owner },
    group: { name: groupName, number: group },
  };
}

/** `-rwsr-x--T` is `5750`. Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ls.html */
function octal(permissions: string): string {
  const triples = [1, 4, 7].map((start) => permissions.slice(start, start + 3));
  const special = triples.map((triple) => Number(/[sStT]$/.test(triple)));
  const usual = triples.map(
    (triple) => (triple[0] === "r" ? 4 : 0) + (triple[1] === "w" ? 2 : 0) + Number(/[xst]$/.test(triple)),
  );
  const first = special.reduce((sum, bit) => sum * 2 + bit, 0);
  return `${first}${usual.join("")}`;
}

/** The account as the inputs would name it: the number if the inputs use that number, else the name. */
export const accountAsWritten = (wanted: string, { name, number }: Account): string =>
  wanted === number ? number : name;
