// The text of an API token: `USER@REALM!TOKENID=UUID`.

/** The parts of a token's text. */
export interface TokenParts {
  /** All of it, as it is sent. */
  readonly text: string;
  readonly user: string;
  readonly name: string;
}

const form =
  /^([^\s:/!=]+@[A-Za-z][A-Za-z0-9._-]+)!([A-Za-z][A-Za-z0-9._-]+)=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Undefined if the text has another form. */
export function partsOfToken(text: string): TokenParts | undefined {
  const [, user, name] = form.exec(text) ?? [];
  return user === undefined || name === undefined ? undefined : { text, user, name };
}

/** The id of a token in an access control list. */
export const tokenIdOf = ({ user, name }: { readonly user: string; readonly name: string }): string =>
  `${user}!${name}`;
