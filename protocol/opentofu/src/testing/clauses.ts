import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnyResource, ProviderDescription } from "@nixops4-resources/protocol-core";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import {
  others,
  us,
  type AnyTerms,
  type Clause,
  type Contract,
  type Message,
} from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { typeName, type ProviderSchema } from "../schema/form.ts";
import { providerSchema } from "../schema/provider-schema.ts";
import { attributesOf, configurationOf } from "../schema/configuration.ts";
import { sourceOf } from "../schema/source.ts";
import { directSettings, Project, type Ran } from "./project.ts";

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
  ].map((clause) => ({ ...clause, says: `OpenTofu: ${clause.says}`, skips: openTofuMissing }));
}

/** A project of the contract's resource. */
class Trial implements Disposable {
  readonly contract: Contract;
  readonly schema: ProviderSchema;
  readonly project: Project;
  readonly #plugins: string;

  private constructor(contract: Contract, schema: ProviderSchema) {
    this.contract = contract;
    this.schema = schema;
    this.#plugins = mkdtempSync(join(tmpdir(), "nixops4-plugins-"));
    const { main, environment = {} } = contract.executable;
    this.project = new Project({
      settings: directSettings(this.#plugins, sourceOf(schema), main),
      environment: { ...environment, TF_LOG: "TRACE", TF_LOG_PATH: this.#trace },
    });
  }

  static async begin(contract: Contract): Promise<Trial> {
    const { body } = await contract.succeed({ describeProviderRequest: {} });
    const description: ProviderDescription = JSON.parse(JSON.stringify(body));
    return new Trial(contract, providerSchema(description));
  }

  get #trace(): string {
    return join(this.#plugins, "trace.log");
  }

  /** Everything that the engine logged. */
  get log(): string {
    return readFileSync(this.#trace, "utf8");
  }

  get address(): string {
    return `${typeName(this.schema, this.contract.resource.type)}.it`;
  }

  /** Declares the resource with the wanted inputs, some of them replaced. */
  declare(other: Message = {}): void {
    const { type } = this.contract.resource;
    const inputs = this.contract.inputs(other);
    this.project.write("main.tf.json", JSON.stringify(configurationOf(this.schema, [{ type, name: "it", inputs }])));
  }

  /** The id of an import: the identity, and the references to secrets, which no backend shows. */
  get importId(): string {
    const { type, identity, secret = [] } = this.contract.resource;
    const attributes = attributesOf(this.schema.types[type], this.contract.inputs());
    const fields = this.schema.types[type]?.inputs.fields ?? [];
    const wanted = [...identity, ...secret].map(String);
    const names = fields.filter(({ input }) => wanted.includes(input)).map(({ name }) => name);
    return JSON.stringify(
      Object.fromEntries(names.flatMap((name) => (name in attributes ? [[name, attributes[name]]] : []))),
    );
  }

  async expectSettled(): Promise<void> {
    expectStatus(await this.project.plan(), 0);
  }

  async applied(other: Message = {}): Promise<void> {
    this.declare(other);
    expectStatus(await this.project.apply(), 0);
  }

  [Symbol.dispose](): void {
    this.project[Symbol.dispose]();
    rmSync(this.#plugins, { recursive: true });
  }
}

function expectStatus({ status, output }: Ran, wanted: number): void {
  expect(status, output).toBe(wanted);
}

const lifecycle: Clause = {
  says: "a plan writes nothing, an apply creates, a second one writes nothing, a destroy deletes, and no file or log has a secret",
  async check(contract) {
    using trial = await Trial.begin(contract);
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
  says: "an object is imported by its identity, and the apply after it writes nothing",
  async check(contract) {
    using trial = await Trial.begin(contract);
    await trial.applied();
    trial.project.forget();
    await contract.withoutWriting(async () => {
      expectStatus(await trial.project.run("import", trial.address, trial.importId), 0);
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
