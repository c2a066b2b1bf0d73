import type { Clause } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { expectStatus, Trial } from "../trial.ts";

/** An object from its creation to its destroy. */
export const lifecycle: readonly Clause[] = [
  {
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
  },
  {
    says: "an object that another front end created is imported, forgotten with `state rm`, and imported again; the plan after it shows no change",
    async check(contract) {
      using trial = await Trial.begin(contract);
      const { project, address } = trial;
      await contract.succeed(contract.createRequest());
      trial.declare();
      await contract.withoutWriting(async () => {
        expectStatus(await project.run("import", address, trial.importId), 0);
        await trial.expectSettled();
        expectStatus(await project.apply(), 0);
        await trial.expectSettled();
        expectStatus(await project.run("state", "rm", address), 0);
        expectStatus(await project.run("import", address, trial.importId), 0);
        await trial.expectSettled();
      });
    },
  },
  {
    says: "`tofu test` creates, checks and deletes",
    async check(contract) {
      using trial = await Trial.begin(contract);
      trial.declare();
      trial.project.write(
        "it.tftest.hcl",
        `run "it" {
  assert {
    condition     = ${trial.address}.outputs != null
    error_message = "The object has no outputs."
  }
}
`,
      );
      const tested = await trial.project.run("test");
      expectStatus(tested, 0);
      expect(tested.output).toContain("1 passed, 0 failed");
      expect((await contract.succeed(contract.readRequest())).body).toMatchObject({ exists: false });
    },
  },
];
