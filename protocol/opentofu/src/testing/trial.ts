import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import type { Contract, Message } from "@nixops4-resources/protocol-core/testing";
import { expect } from "vitest";
import { configurationOf } from "../schema/configuration.ts";
import { typeName, type ProviderSchema } from "../schema/form.ts";
import { importId } from "../schema/import-id.ts";
import { providerSchema } from "../schema/provider-schema.ts";
import { sourceOf } from "../schema/source.ts";
import { directSettings, Project, type Ran } from "./project.ts";

/** A project of the contract's resource. */
export class Trial implements Disposable {
  readonly contract: Contract;
  readonly schema: ProviderSchema;
  readonly project: Project;
  readonly #plugins: string;

  private constructor(contract: Contract, schema: ProviderSchema, isTraced: boolean) {
    this.contract = contract;
    this.schema = schema;
    this.#plugins = mkdtempSync(join(tmpdir(), "nixops4-plugins-"));
    const { main, environment = {} } = contract.executable;
    this.project = new Project({
      settings: directSettings(this.#plugins, sourceOf(schema), main),
      environment: { ...environment, ...(isTraced && { TF_LOG: "TRACE", TF_LOG_PATH: this.#trace }) },
    });
  }

  /** `isTraced`: whether the engine logs everything, which costs it twice the time. */
  static async begin(contract: Contract, { isTraced = false } = {}): Promise<Trial> {
    const { body } = await contract.succeed({ describeProviderRequest: {} });
    const description: ProviderDescription = JSON.parse(JSON.stringify(body));
    return new Trial(contract, providerSchema(description), isTraced);
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
    const resource = { provider: this.schema, type, name: "it", inputs };
    this.project.write("main.tf.json", JSON.stringify(configurationOf([resource])));
  }

  get importId(): string {
    const type = this.schema.types[this.contract.resource.type];
    if (type === undefined) throw new TypeError("The schema does not have the contract's type.");
    return importId(type, this.contract.inputs());
  }

  async expectSettled(): Promise<void> {
    expectStatus(await this.project.plan(), 0);
  }

  /** The objects in the state. */
  get recorded(): unknown[] {
    const state: { resources: { instances: unknown[] }[] } = JSON.parse(this.project.read("terraform.tfstate"));
    return state.resources.flatMap(({ instances }) => instances);
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

export function expectStatus({ status, output }: Ran, wanted: number): void {
  expect(status, output).toBe(wanted);
}
