import { defineDerived } from "./derived.ts";

export const scramSha256 = defineDerived(
  "SCRAM-SHA-256 verifier of another secret, as PostgreSQL stores it. Servers accept it in place of the password, for example in pgbouncer's `userlist.txt`.",
  () => ({}),
  async (source) => {
    const { scramVerifier } = await import("@nixops4-resources/protocol-postgres/scram");
    return await scramVerifier(source.revealText());
  },
);
