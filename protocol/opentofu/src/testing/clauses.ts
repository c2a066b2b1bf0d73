import type { AnyResource } from "@nixops4-resources/protocol-core";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { others, us, type AnyTerms, type Clause } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { expectStatus, Trial } from "./trial.ts";

/** The rules of a resource under the real OpenTofu, with the terms and the server of its contract. */
export function openTofuClauses(resource: AnyResource, terms: AnyTerms): readonly Clause[] {
  return [
    lifecycle,
    changesAllInputs,
    ...Object.keys(terms.drift).map((field) => repairs(field)),
    recreates,
    ...Object.keys(resource.immutable).map((field) => refusesChange(field)),
    imports,
    ...(resource.setMark === undefined ? [] : [refusesAfterPlan, adopts]),
  ];
}

/** The clauses as the contract runs them: with the name of the engine, and skipped without it. */
export const underOpenTofu = (clauses: readonly Clause[]): Clause[] =>
  clauses.map((clause) => ({
    ...clause,
    says: `OpenTofu: ${clause.says}`,
    skips: (contract) => openTofuMissing() ?? clause.skips?.(contract),
  }));

const lifecycle: Clause = {
  says: "a plan writes nothing, an apply creates, a second one writes nothing, a destroy deletes, and no file or log has a secret",
  async check(contract) {
    using trial = await Trial.begin(contract, { isTraced: true });
    const { project } = trial;
    trial.declare();
    const planned = await contract.withoutWriting(() => project.plan("-out=saved.plan"));
    expectStatus(planned, 2);
    expect(planned.output).toContain("will be created");
    expectStatus(await project.apply("saved.plan"), 0);
    const { body } = await contract.succeed(contract.readRequest());
    expect(body).toMatchObject({ exists: true, differences: [] });
    await contract.withoutWriting(async () => {
      await trial.expectSettled();
      expectStatus(await project.apply(), 0);
    });
    expectStatus(await project.destroy(), 0);
    expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: false });
    const files = project.read("terraform.tfstate", "terraform.tfstate.backup", "saved.plan");
    contract.expectNoSecret({ stdout: `${files}${planned.output}${trial.log}`, stderr: "", commandLine: null });
  },
};

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
    using trial = await Trial.begin(contract);
    await trial.applied();
    await contract.succeed(contract.destroyRequest());
    const planned = await trial.project.plan();
    expectStatus(planned, 2);
    expect(planned.output).toContain("will be created");
    expectStatus(await trial.project.apply(), 0);
    await trial.expectSettled();
  },
};

const refusesChange = (field: string): Clause => ({
  says: `a plan refuses a change of \`${field}\`, with the hint`,
  async check(contract) {
    using trial = await Trial.begin(contract);
    await trial.applied();
    trial.declare({ [field]: Object(contract.terms.immutable)[field] });
    const planned = await trial.project.plan();
    expectStatus(planned, 1);
    expect(planned.output).toContain(`\`${field}\` cannot change in place`);
  },
});

const imports: Clause = {
  says: "an object is imported by its identity, and the plan after it shows no change",
  async check(contract) {
    using trial = await Trial.begin(contract);
    await trial.applied();
    trial.project.forget();
    await contract.withoutWriting(async () => {
      expectStatus(await trial.project.run("import", trial.address, trial.importId), 0);
      await trial.expectSettled();
      expectStatus(await trial.project.apply(), 0);
      await trial.expectSettled();
    });
  },
};

const refusesAfterPlan: Clause = {
  says: "an object that another deployment created after the plan is refused and stays as it is",
  async check(contract) {
    using trial = await Trial.begin(contract);
    const { project } = trial;
    trial.declare();
    expectStatus(await project.plan("-out=saved.plan"), 2);
    await contract.succeed(contract.createRequest(contract.inputs({ managedBy: others })));
    const before = await contract.backend.snapshot();
    const failed = await project.apply("saved.plan");
    expectStatus(failed, 1);
    expect(failed.output).toContain(`the deployment ${others} manages it, not ${us}`);
    expect(await contract.backend.snapshot(), "after the refusal").toEqual(before);
    await trial.applied({ adoptFrom: others });
    await trial.expectSettled();
  },
};

const adopts: Clause = {
  says: "an unmarked object is refused, adopted with `adopt`, and kept by a destroy with a warning",
  async check(contract) {
    using trial = await Trial.begin(contract);
    const { project } = trial;
    await contract.terms.makeUnmarked?.(contract.backend);
    trial.declare({ deletion: null });
    const refused = await project.plan();
    expectStatus(refused, 1);
    expect(refused.output).toContain("it exists and carries no mark of a deployment");
    await trial.applied({ adopt: true, deletion: null });
    await trial.expectSettled();
    const destroyed = await project.destroy();
    expectStatus(destroyed, 0);
    expect(destroyed.output).toContain("Warning: Destroying keeps the");
    expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, managedBy: null });
  },
};
