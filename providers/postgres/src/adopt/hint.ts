/** Names the command for a database whose objects carry the marks of another deployment, since a dump contains them. */
export const hintOfRestore = (database: string, from: string): string =>
  `If a dump of ${from} was restored into ${database}, run \`nixops4-resources-postgres adopt --database ${shellWord(database)} --from ${from} --inputs FILE\` to take over all that came with it`;

/** One word for a shell. */
const shellWord = (text: string): string => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
