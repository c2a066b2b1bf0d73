import type { AnyResource } from "@nixops4-resources/protocol-core";
import type { AnyTerms, Clause } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { expectStatus, Trial } from "../trial.ts";

/** Wanted changes, refused changes, and manual changes. */
export const changes = (resource: AnyResource, terms: AnyTerms): readonly Clause[] => [
  changesAllInputs,
  ...Object.keys(terms.drift).map((field) => repairs(field)),
  recreates,
  ...Object.keys(resource.immutable).map((field) => refusesChange(field)),
];

const changesAllInputs: Clause = {
  says: "an update changes each input, restores the others, and stays settled",
  async check(contract) {
    using trial = await Trial.begin(contract);
    await trial.applied();
    for (const [field, value] of Object.entries(Object(contract.terms.changed))) {
      await trial.applied({ [field]: value });
      const { body } = await contract.succeed(contract.readRequest(contract.inputs({ [field]: value })));
      expect(body, field).toMatchObject({ exists: true, differences: [] });
    }
    await trial.expectSettled();
  },
};

const repairs = (field: string): Clause => ({
  says: `a plan shows a manual change of \`${field}\`, and an apply repairs it`,
  async check(contract) {
    using trial = await Trial.begin(contract);
    await trial.applied();
    await contract.terms.drift[field]?.(contract.backend);
    const planned = await trial.project.plan();
    expectStatus(planned, 2);
    expect(planned.output).toContain("will be updated in-place");
    expectStatus(await trial.project.apply(), 0);
    await trial.expectSettled();
  },
});

const recreates: Clause = {
  says: "an object that somebody deleted is created again",
  async check(contract) {
    const code = contract.terms.neverAgain;
    using trial = await Trial.begin(contract);
    await trial.applied();
    await contract.succeed(contract.destroyRequest());
    const planned = await trial.project.plan();
    expectStatus(planned, 2);
    expect(planned.output).toContain("will be created");
    await expectApply(trial, code);
    if (code === undefined) await trial.expectSettled();
  },
};

/** Another value may need what the backend does not have. Then the engine's apply fails as a create without it does. */
const refusesChange = (field: string): Clause => ({
  says: `a plan refuses a change of \`${field}\`, with the hint; after a destroy, an apply makes it`,
  async check(contract) {
    const changed = { [field]: Object(contract.terms.immutable)[field] };
    const { error } = await contract.send(contract.createRequest(contract.inputs(changed)));
    await contract.backend.reset();
    using trial = await Trial.begin(contract);
    const { project, address } = trial;
    await trial.applied();
    trial.declare(changed);
    const planned = await project.plan();
    expectStatus(planned, 1);
    expect(planned.output).toContain(`\`${field}\` cannot change in place`);
    expectStatus(await project.run("destroy", "-auto-approve", "-refresh=false", `-target=${address}`), 0);
    expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: false });
    await expectApply(trial, error?.code ?? contract.terms.neverAgain);
  },
});

/** Expects the apply to succeed, or to fail with the error of this code. */
async function expectApply({ project }: Trial, code: string | undefined): Promise<void> {
  const applied = await project.apply();
  expectStatus(applied, code === undefined ? 0 : 1);
  if (code !== undefined) expect(applied.output).toContain(`[${code}]`);
}
