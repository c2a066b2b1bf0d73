import { expect } from "vitest";
import { others, us, type Clause } from "../contract.ts";
import { asObject } from "../reply.ts";

/** For a type that is retained by default. */
export const retention: readonly Clause[] = [
  {
    says: "destroy retains the object if `deletion` is null",
    async check(contract) {
      await contract.succeed(contract.createRequest());
      const inputs = contract.inputs({ deletion: null });
      expect((await contract.succeed(contract.planDestroyRequest(inputs))).body).toMatchObject({ action: "retain" });
      const { outcome } = await contract.succeed(contract.destroyRequest(inputs));
      expect(outcome).toBe("retained");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, managedBy: null });
    },
  },
];

/** From nothing to an object and back, without failures. */
export const lifecycle: readonly Clause[] = [
  {
    says: "read and plan report a missing object without writing",
    async check(contract) {
      const missing = { exists: false, managedBy: null, outputProperties: null, differences: [] };
      const [read, plan] = await contract.withoutWriting(async () => [
        await contract.succeed(contract.readRequest()),
        await contract.succeed(contract.planRequest()),
      ]);
      expect(read?.body).toEqual(missing);
      expect(plan?.body).toMatchObject({ action: "create", reason: null });
    },
  },
  {
    says: "create yields the object as declared, with its outputs and its mark",
    async check(contract) {
      const created = await contract.succeed(contract.createRequest());
      expect(created.outcome).toBe("created");
      const outputs = created.body["outputProperties"];
      expect(Object.keys(outputs ?? {}).sort()).toEqual(Object.keys(contract.resource.outputs).sort());
      const read = await contract.succeed(contract.readRequest());
      const managedBy = contract.bearsMark ? us : null;
      expect(read.body).toEqual({ exists: true, managedBy, outputProperties: outputs, differences: [] });
    },
  },
  {
    says: "a repeated create and an update to equal inputs return equal outputs and write nothing",
    async check(contract) {
      const inputs = contract.inputs();
      const { body } = await contract.succeed(contract.createRequest());
      await contract.withoutWriting(async () => {
        expect(await contract.succeed(contract.createRequest())).toEqual({ body, outcome: "unchanged" });
        expect(await contract.succeed(contract.createRequest(inputs, true))).toEqual({ body, outcome: "unchanged" });
        expect(await contract.succeed(contract.updateRequest(inputs, inputs))).toEqual({ body, outcome: "unchanged" });
        const plan = await contract.succeed(contract.planRequest());
        expect(plan.body).toEqual({ action: "none", differences: [], reason: null });
      });
    },
  },
  {
    says: "an input that is null counts as omitted",
    isAboutInputs: true,
    async check(contract) {
      const { body } = await contract.succeed(contract.createRequest());
      const given = contract.inputs();
      const optional = Object.keys(contract.resource.inputs).filter((name) => !(name in given));
      const nulls = Object.fromEntries([...optional, "adopt", "adoptFrom", "deletion"].map((name) => [name, null]));
      expect(await contract.succeed(contract.createRequest({ ...nulls, ...given }))).toEqual({
        body,
        outcome: "unchanged",
      });
    },
  },
  {
    says: "update and destroy accept inputs and outputs that an older schema stored",
    isAboutInputs: true,
    async check(contract) {
      const remembered = { ...contract.inputs(), anInputOfOld: 1 };
      const { body } = await contract.succeed(contract.createRequest());
      const updated = await contract.succeed(contract.updateRequest(remembered, contract.inputs()));
      expect(updated).toEqual({ body, outcome: "unchanged" });
      const inputProperties = remembered;
      const resource = { type: contract.resource.type, inputProperties, outputProperties: { anOutputOfOld: true } };
      expect((await contract.succeed({ destroyResourceRequest: { resource } })).outcome).toBe("deleted");
    },
  },
  {
    says: "destroy removes everything as predicted, and succeeds again when nothing is left",
    async check(contract) {
      const before = await contract.backend.snapshot();
      await contract.succeed(contract.createRequest());
      expect(await contract.backend.snapshot(), "after create").not.toEqual(before);
      const plan = () => contract.withoutWriting(() => contract.succeed(contract.planDestroyRequest()));
      expect((await plan()).body).toEqual({ action: "delete", reason: null });
      expect(await contract.succeed(contract.destroyRequest())).toEqual({ body: {}, outcome: "deleted" });
      expect(await contract.backend.snapshot(), "after destroy").toEqual(before);
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: false });
      const again = await contract.withoutWriting(() => contract.succeed(contract.destroyRequest()));
      expect(again).toEqual({ body: {}, outcome: "unchanged" });
      expect((await plan()).body).toEqual({ action: "none", reason: null });
    },
  },
  {
    says: "list returns only what carries the deployment's mark, with inputs that identify it",
    async check(contract) {
      await contract.succeed(contract.createRequest());
      const { body } = await contract.succeed(contract.listRequest(us));
      expect((await contract.succeed(contract.listRequest(others))).body).toEqual({ resources: [] });
      if (!contract.bearsMark) {
        expect(body).toEqual({ resources: [] });
        return;
      }
      const { type } = contract.resource;
      const label = contract.resource.label(contract.inputs());
      const listed = { type, label, managedBy: us, adopted: false };
      expect(body).toEqual({ resources: [expect.objectContaining(listed)] });
      const [found] = Object.values(asObject(body["resources"]));
      const inputProperties = asObject(asObject(found)["inputProperties"]);
      const read = await contract.succeed(contract.readRequest({ ...contract.inputs(), ...inputProperties }));
      expect(read.body).toMatchObject({ exists: true });
    },
  },
  {
    says: "an unknown input is rejected by name, with the closest known one as a hint",
    isAboutInputs: true,
    async check(contract) {
      const [name = ""] = Object.keys(contract.resource.inputs);
      const error = await contract.refuse(contract.createRequest(contract.inputs({ [`${name}x`]: 1 })));
      expect(error.code).toBe("protocol.inputs.invalid");
      expect(error.message).toContain(`\`${name}x\``);
      expect(error.hint).toBe(`Did you mean \`${name}\`?`);
    },
  },
];
