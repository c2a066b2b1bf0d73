import { expect } from "vitest";
import type { AnyResource } from "../../resource/resource.ts";
import type { AnyTerms, Clause } from "../contract.ts";
import { asObject } from "../reply.ts";

/** Wanted changes, rejected changes, and manual changes. */
export function changes(resource: AnyResource, terms: AnyTerms): readonly Clause[] {
  return [
    everyInputIsCovered,
    ...Object.entries(asObject(terms.changed)).map(([field, value]) => changesAndBack(field, value)),
    ...Object.keys(resource.immutable).map((field) => rejectsChange(field)),
    ...Object.keys(terms.drift).map((field) => repairs(field)),
  ];
}

const everyInputIsCovered: Clause = {
  says: "every input is changed, rejected, or excluded with a reason",
  async check({ resource, terms }) {
    const { changed, immutable = {}, notChanged = {} } = terms;
    const tried = { ...asObject(changed), ...asObject(notChanged) };
    const expected = Object.keys(resource.inputs).sort();
    expect([...Object.keys(tried), ...Object.keys(resource.immutable)].sort()).toEqual(expected);
    expect(Object.keys(asObject(immutable)).sort()).toEqual(Object.keys(resource.immutable).sort());
    if (terms.notDrifting === undefined) expect(Object.keys(terms.drift), "inputs with a drift").not.toEqual([]);
    else expect(Object.keys(terms.drift), "inputs with a drift").toEqual([]);
  },
};

const changesAndBack = (field: string, value: unknown): Clause => ({
  says: `an update changes \`${field}\` and a create changes it back, as planned`,
  async check(contract) {
    const inputs = contract.inputs();
    const changed = contract.inputs({ [field]: value });
    const { body } = await contract.succeed(contract.createRequest());
    const before = await contract.backend.snapshot();

    const plan = await contract.withoutWriting(() => contract.succeed(contract.planRequest(changed, inputs)));
    expect(plan.body).toMatchObject({ action: "update", differences: [{ field }] });
    const updated = await contract.succeed(contract.updateRequest(inputs, changed));
    expect(updated.outcome).toBe("updated");
    for (const output of contract.resource.stableOutputs) {
      const both = [updated.body, body].map((answer) => asObject(answer["outputProperties"])[String(output)]);
      expect(both[0], `the stable output ${String(output)}`).toEqual(both[1]);
    }
    expect(await contract.backend.snapshot(), "after the update").not.toEqual(before);
    expect((await contract.succeed(contract.readRequest(changed))).body).toMatchObject({ differences: [] });

    // A resource without state is changed back by a create.
    const back = await contract.succeed(contract.createRequest());
    expect(back).toEqual({ body, outcome: "updated" });
    expect(await contract.backend.snapshot(), "after changing back").toEqual(before);
  },
});

const rejectsChange = (field: string): Clause => ({
  says: `a change of \`${field}\` is rejected, with a hint how to make it`,
  isAboutInputs: true,
  async check(contract) {
    const inputs = contract.inputs();
    const changed = contract.inputs({ [field]: asObject(contract.terms.immutable)[field] });
    await contract.succeed(contract.createRequest());
    const error = await contract.refuse(contract.updateRequest(inputs, changed));
    expect(error.code).toBe("protocol.immutable");
    expect(error.message).toContain(`\`${field}\``);
    expect(error.hint).toContain(asObject(contract.resource.immutable)[field]);
    const plan = await contract.succeed(contract.planRequest(changed, inputs));
    expect(plan.body).toMatchObject({ action: "refuse", reason: expect.stringContaining(`\`${field}\``) });
  },
});

const repairs = (field: string): Clause => ({
  says: `read and plan report a manual change of \`${field}\`, and create repairs it`,
  async check(contract) {
    const { backend, terms } = contract;
    const created = await contract.succeed(contract.createRequest());
    const before = await backend.snapshot();
    await terms.drift[field]?.(backend);
    expect(await backend.snapshot(), "after the manual change").not.toEqual(before);

    // A manual change may show in several inputs: the signed text and its signature.
    const differences = expect.arrayContaining([expect.objectContaining({ field })]);
    await contract.withoutWriting(async () => {
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, differences });
      expect((await contract.succeed(contract.planRequest())).body).toMatchObject({ action: "update", differences });
    });
    const repaired = await contract.succeed(contract.createRequest());
    expect(repaired).toEqual({ body: created.body, outcome: "updated" });
    expect(await backend.snapshot(), "after the repair").toEqual(before);
  },
});
