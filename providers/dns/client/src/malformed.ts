/** Bytes of a server that are no DNS message, or a part of one that cannot be. */
export class MalformedMessage extends Error {
  override readonly name = "MalformedMessage";
}

/** A name or a value of a user that cannot be written in a message. The text says what it should be. */
export class InvalidValue extends Error {
  override readonly name = "InvalidValue";
}
