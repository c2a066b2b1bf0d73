import { expect } from "vitest";
import { others, us, type Clause, type Contract } from "../contract.ts";
import type { Message } from "../provider-process.ts";
import type { ReplyError } from "../reply.ts";

/** Ownership, for types that can carry a mark. */
export const ownership: readonly Clause[] = [
  {
    says: "an unmarked object is rejected, adopted as the hint says, and kept on destroy",
    async check(contract) {
      await contract.terms.makeUnmarked?.(contract.backend);
      const hint = await inputsOfHint(contract, "protocol.ownership.unmarked");
      const adopting = contract.inputs({ deletion: null, ...hint });

      expect((await contract.succeed(contract.planRequest(adopting))).body).toMatchObject({ action: "adopt" });
      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("adopted");
      const read = await contract.succeed(contract.readRequest(adopting));
      expect(read.body).toMatchObject({ managedBy: us, differences: [] });
      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("unchanged");
      const { body } = await contract.succeed(contract.listRequest(us));
      expect(body).toMatchObject({ resources: [{ adopted: true }] });

      await releasesTwice(contract, adopting);
    },
  },
  {
    says: "an object of another deployment is rejected, also by destroy, and taken over as the hint says",
    async check(contract) {
      await contract.succeed(contract.createRequest(contract.inputs({ managedBy: others })));
      const theirs = await contract.backend.snapshot();
      expect((await contract.refuse(contract.destroyRequest())).code).toBe("protocol.ownership.foreign");
      const adopting = contract.inputs(await inputsOfHint(contract, "protocol.ownership.foreign"));
      expect(await contract.backend.snapshot(), "the other deployment's object").toEqual(theirs);

      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("adopted");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ managedBy: us, differences: [] });
      const { body } = await contract.succeed(contract.listRequest(others));
      expect(body, "objects of the other deployment").toEqual({ resources: [] });
      await releasesTwice(contract, { ...adopting, deletion: null });
    },
  },
  {
    says: "an unmarked object is not destroyed",
    async check(contract) {
      await contract.terms.makeUnmarked?.(contract.backend);
      expect((await contract.refuse(contract.destroyRequest())).code).toBe("protocol.ownership.unmarked");
    },
  },
  {
    says: '`deletion = "retain"` removes only the mark, and succeeds again without one',
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

/** For types whose objects can have more than the inputs declare. */
export const lowering: readonly Clause[] = [
  {
    says: "an unmarked object that has more than the inputs declare is adopted only with `adoptLowers`",
    async check(contract) {
      const { makeUnmarked, makeMore } = contract.terms;
      if (makeMore === undefined) throw new Error("A type with `lowering` needs `makeMore`.");
      await makeUnmarked?.(contract.backend);
      await makeMore(contract.backend);
      const before = await contract.backend.snapshot();
      const hint = await inputsOfHint(contract, "protocol.ownership.lowers", contract.inputs({ adopt: true }));
      expect(await contract.backend.snapshot(), "the unmarked object").toEqual(before);

      const adopting = contract.inputs({ adopt: true, ...hint });
      expect((await contract.succeed(contract.planRequest(adopting))).body).toMatchObject({ action: "adopt" });
      expect((await contract.succeed(contract.createRequest(adopting))).outcome).toBe("adopted");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ managedBy: us, differences: [] });
    },
  },
];

/** A destroy removes the mark and keeps the object. Who did not get its answer sends it again, and gets the same one. */
async function releasesTwice(contract: Contract, adopting: Message): Promise<void> {
  const request = contract.destroyRequest(adopting);
  const released = await contract.succeed(request);
  expect(released.outcome).toBe("retained");
  expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, managedBy: null });
  expect(await contract.withoutWriting(() => contract.succeed(request)), "the same request again").toEqual(released);
}

/** Create is rejected, as plan predicts; returns the inputs that the hint says to set. */
async function inputsOfHint(contract: Contract, code: string, inputs = contract.inputs()): Promise<Message> {
  const error = await contract.refuse(contract.createRequest(inputs));
  expect(error.code).toBe(code);
  expect((await contract.succeed(contract.planRequest(inputs))).body).toMatchObject({ action: "refuse" });
  return settingIn(error);
}

/** ``Set `adoptFrom = "another"` on this resource`` as the inputs `{ adoptFrom: "another" }`. */
function settingIn({ hint }: ReplyError): Message {
  const [, name, value] = /`(adopt|adoptFrom|adoptLowers) = (true|"[^"]*")`/.exec(hint) ?? [];
  if (name === undefined || value === undefined) throw new Error(`The hint does not say how to adopt: ${hint}`);
  return { [name]: JSON.parse(value) };
}
