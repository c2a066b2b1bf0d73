/** A bug of lldap that ends a request without an answer: the connection is closed. */
export class Panic extends Error {
  override readonly name = "Panic";
}
