import { expect } from "vitest";
import { others, us, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import type { ToldError } from "../reply.ts";

/** Whose a thing is, for what can bear a mark. */
export const ownership: readonly Clause[] = [
  {
    says: "what bears no mark is refused, the printed way adopts it, and destroying then keeps it",
    async check(contract) {
      await contract.terms.makeUnmarked?.(contract.backend);
      const adopting = contract.inputs(await printedWay(contract, "protocol.ownership.unmarked"));

      expect((await contract.succeed(contract.planRequest(adopting))).body).toMatchObject({ action: "adopt" });
      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("adopted");
      const read = await contract.succeed(contract.readRequest(adopting));
      expect(read.body).toMatchObject({ managedBy: us, differences: [] });
      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("unchanged");
      const { body } = await contract.succeed(contract.listRequest(us));
      expect(body).toMatchObject({ resources: [{ adopted: true }] });

      expect((await contract.succeed(contract.destroyRequest(adopting))).outcome).toBe("retained");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, managedBy: null });
    },
  },
  {
    says: "what another deployment manages is refused, also to destroy, and the printed way takes it over",
    async check(contract) {
      await contract.succeed(contract.createRequest(contract.inputs({ managedBy: others })));
      const theirs = await contract.backend.snapshot();
      expect((await contract.refuse(contract.destroyRequest())).code).toBe("protocol.ownership.foreign");
      const adopting = contract.inputs(await printedWay(contract, "protocol.ownership.foreign"));
      expect(await contract.backend.snapshot(), "what belongs to others").toEqual(theirs);

      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("adopted");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ managedBy: us, differences: [] });
      const { body } = await contract.succeed(contract.listRequest(others));
      expect(body, "what is left to others").toEqual({ resources: [] });
    },
  },
  {
    says: "what bears no mark is not destroyed",
    async check(contract) {
      await contract.terms.makeUnmarked?.(contract.backend);
      expect((await contract.refuse(contract.destroyRequest())).code).toBe("protocol.ownership.unmarked");
    },
  },
  {
    says: '`deletion = "retain"` takes only the mark away, and once more is no error',
    async check(contract) {
      const retaining = contract.inputs({ deletion: "retain" });
      await contract.succeed(contract.createRequest(retaining));
      expect((await contract.succeed(contract.destroyRequest(retaining))).outcome).toBe("retained");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, managedBy: null });
      await contract.withoutWriting(() => contract.succeed(contract.destroyRequest(retaining)));
      const again = await contract.succeed(contract.createRequest({ ...retaining, adopt: true }));
      expect(again.outcome).toBe("adopted");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ managedBy: us, differences: [] });
    },
  },
];

/** Create is refused, and plan says so; the inputs that the hint tells to set. */
async function printedWay(contract: Contract, code: string): Promise<Message> {
  const error = await contract.refuse(contract.createRequest());
  expect(error.code).toBe(code);
  expect((await contract.succeed(contract.planRequest())).body).toMatchObject({ action: "refuse" });
  return settingIn(error);
}

/** ``Set `adoptFrom = "another"` on this resource`` as the inputs `{ adoptFrom: "another" }`. */
function settingIn({ hint }: ToldError): Message {
  const [, name, value] = /`(adopt|adoptFrom) = (true|"[^"]*")`/.exec(hint) ?? [];
  if (name === undefined || value === undefined) throw new Error(`No way to adopt in the hint: ${hint}`);
  return { [name]: JSON.parse(value) };
}
