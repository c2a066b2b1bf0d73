/** Octets from a server that are not a valid DNS message. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** A name or value from a user that cannot be encoded. The text says what is expected. */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
}
