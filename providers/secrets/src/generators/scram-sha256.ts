import { defineDerived } from "./derived.ts";

export const scramSha256 = defineDerived(
  "The SCRAM-SHA-256 verifier of another secret, as PostgreSQL stores it: it may be given to the server in place of the password, for example in pgbouncer's `userlist.txt`.",
  () => ({}),
  async (source) => {
    const { scramVerifier } = await import("@nixops4-resources/protocol-postgres/scram");
    return await scramVerifier(source.reveal());
  },
);
