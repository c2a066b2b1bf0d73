import { others, us, type Clause } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { expectStatus, Trial } from "../trial.ts";

const unmarked = "it exists and carries no mark of a deployment";
const foreign = `the deployment ${others} manages it, not ${us}`;

/** Ownership, for types that can carry a mark. */
export const ownership: readonly Clause[] = [
  {
    says: "an object that another deployment created after the plan is refused and stays as it is, and the state does not have it",
    async check(contract) {
      using trial = await Trial.begin(contract);
      const { project } = trial;
      trial.declare();
      expectStatus(await project.plan("-out=saved.plan"), 2);
      await contract.succeed(contract.createRequest(contract.inputs({ managedBy: others })));
      const before = await contract.backend.snapshot();
      const failed = await project.apply("saved.plan");
      expectStatus(failed, 1);
      expect(failed.output).toContain(foreign);
      expect(await contract.backend.snapshot(), "after the refusal").toEqual(before);
      expect(trial.recorded).toEqual([]);
      await trial.applied({ adoptFrom: others });
      await trial.expectSettled();
    },
  },
  {
    says: "an unmarked object is refused, adopted with `adopt`, and kept by a destroy with a warning",
    async check(contract) {
      using trial = await Trial.begin(contract);
      const { project } = trial;
      await contract.terms.makeUnmarked?.(contract.backend);
      trial.declare({ deletion: null });
      const refused = await project.plan();
      expectStatus(refused, 1);
      expect(refused.output).toContain(unmarked);
      await trial.applied({ adopt: true, deletion: null });
      await trial.expectSettled();
      const destroyed = await project.destroy();
      expectStatus(destroyed, 0);
      expect(destroyed.output).toContain("Warning: Destroying keeps the");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: true, managedBy: null });
    },
  },
  {
    says: "an object that lost its mark is refused, and taken back with `adopt`",
    async check(contract) {
      using trial = await Trial.begin(contract);
      await trial.applied();
      await contract.succeed(contract.destroyRequest(contract.inputs({ deletion: "retain" })));
      const refused = await contract.withoutWriting(() => trial.project.plan());
      expectStatus(refused, 1);
      expect(refused.output).toContain(unmarked);
      await trial.applied({ adopt: true });
      await trial.expectSettled();
    },
  },
  {
    says: "an object that another deployment took over is refused, also by a destroy, and taken back with `adoptFrom`",
    async check(contract) {
      using trial = await Trial.begin(contract);
      const { project } = trial;
      await trial.applied();
      await contract.succeed(contract.createRequest(contract.inputs({ managedBy: others, adoptFrom: us })));
      await contract.withoutWriting(async () => {
        for (const refused of [await project.plan(), await project.destroy()]) {
          expectStatus(refused, 1);
          expect(refused.output).toContain(foreign);
        }
      });
      await trial.applied({ adoptFrom: others });
      await trial.expectSettled();
    },
  },
];
