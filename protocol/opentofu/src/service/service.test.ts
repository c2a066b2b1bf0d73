import type { AnyResource, Provider } from "@nixops4-resources/protocol-core";
import { describeProvider } from "@nixops4-resources/protocol-core/describe";
import { boxOn, Shelf } from "@nixops4-resources/protocol-core/fixtures/box";
import { beforeEach, describe, expect, test } from "vitest";
import { providerSchema } from "../schema/provider-schema.ts";
import { schemaMessage } from "../schema/schema-message.ts";
import { providerConfigType } from "../schema/resource-type.ts";
import { encodeMsgpack } from "../values/msgpack.ts";
import { unknown, type ObjectValue, type Value } from "../values/value.ts";
import { providerService } from "./service.ts";
import { ServedTypes, type ServedType } from "./served-type.ts";

/** What the engine does with a plugin, without the engine: it keeps a state and sends what the engine would send. */
class Engine {
  readonly shelf = new Shelf();
  readonly #service: Record<string, unknown>;
  readonly #type: ServedType;
  #state: ObjectValue | null = null;
  #private: unknown = Buffer.alloc(0);

  private constructor(shelf: Shelf, service: Record<string, unknown>, type: ServedType) {
    this.shelf = shelf;
    this.#service = service;
    this.#type = type;
  }

  static async start(connection: Value = { room: null }, managedBy: Value = "home"): Promise<Engine> {
    const shelf = new Shelf();
    const box: AnyResource = boxOn(shelf);
    const provider: Provider = {
      name: "boxes",
      title: "Boxes",
      description: "Boxes.",
      version: "1.0.0",
      types: { box: async () => ({ default: box }) },
      errors: async () => ({ default: {} }),
    };
    const schema = providerSchema(await describeProvider(provider));
    const type = new ServedTypes(schema).get("nixops4-boxes_box");
    const engine = new Engine(
      shelf,
      providerService(provider, { schema, answer: () => schemaMessage(schema) }, () => undefined),
      type,
    );
    const config = encodeMsgpack({ connection, managed_by: managedBy }, providerConfigType(schema));
    await engine.send("ConfigureProvider", { config: { msgpack: config } });
    return engine;
  }

  get state(): ObjectValue | null {
    return this.#state;
  }

  send(name: string, request: object): Promise<Record<string, unknown>> {
    const method = this.#service[name];
    if (typeof method !== "function") throw new Error(`There is no method ${name}.`);
    return new Promise((resolve) => method({ request }, (_error: unknown, response: never) => resolve(response)));
  }

  decode(value: unknown): ObjectValue | null {
    return this.#type.decode(Object(value));
  }

  async validate(config: ObjectValue): Promise<unknown> {
    return await this.send("ValidateResourceConfig", { ...this.#named, config: this.#type.encode(config) });
  }

  async plan(config: ObjectValue | null): Promise<{ planned: ObjectValue | null; diagnostics: unknown; raw: object }> {
    const raw = await this.send("PlanResourceChange", {
      ...this.#named,
      prior_state: this.#type.encode(this.#state),
      config: this.#type.encode(config),
      prior_private: this.#private,
    });
    const planned = raw["planned_state"] === undefined ? null : this.decode(raw["planned_state"]);
    return { planned, diagnostics: raw["diagnostics"] ?? [], raw };
  }

  /** Plans and applies; the planned state may be another one. */
  async apply(config: ObjectValue | null, given?: ObjectValue): Promise<unknown> {
    const { planned, raw } = await this.plan(config);
    const response = await this.send("ApplyResourceChange", {
      ...this.#named,
      prior_state: this.#type.encode(this.#state),
      planned_state: this.#type.encode(given ?? planned),
      planned_private: Object(raw)["planned_private"],
    });
    this.#state = this.decode(response["new_state"]);
    this.#private = response["private"] ?? Buffer.alloc(0);
    return response["diagnostics"] ?? [];
  }

  async refresh(): Promise<unknown> {
    const current_state = this.#type.encode(this.#state);
    const response = await this.send("ReadResource", { ...this.#named, current_state, private: this.#private });
    if (response["new_state"] !== undefined) this.#state = this.decode(response["new_state"]);
    return response["diagnostics"] ?? [];
  }

  async import(id: string): Promise<unknown> {
    const { imported_resources, diagnostics } = await this.send("ImportResourceState", { ...this.#named, id });
    if (!Array.isArray(imported_resources)) return diagnostics;
    this.#state = this.decode(imported_resources[0].state);
    this.#private = imported_resources[0].private;
    return [];
  }

  /** What the state would be after the engine wrote it and read it again. */
  async reload(json: string): Promise<ObjectValue | null> {
    const raw_state = { json: Buffer.from(json) };
    return this.decode((await this.send("UpgradeResourceState", { ...this.#named, raw_state }))["upgraded_state"]);
  }

  get #named(): object {
    return { type_name: "nixops4-boxes_box" };
  }
}

const error = (summary: string, detail = "") => [
  { severity: "ERROR", summary: expect.stringContaining(summary), detail: expect.stringContaining(detail) },
];

let engine: Engine;
let shelf: Shelf;
beforeEach(async () => {
  engine = await Engine.start();
  shelf = engine.shelf;
});

describe("a plan", () => {
  test("fills in defaults, and knows no output of a new object", async () => {
    const { planned } = await engine.plan({ name: "shoes", size: 20 });
    expect(planned).toMatchObject({
      name: "shoes",
      size: 20,
      colour: "red",
      label: null,
      adopt: false,
      outputs: unknown,
    });
    expect(shelf.writes).toEqual([]);
  });

  test("of what is there as declared changes nothing", async () => {
    await engine.apply({ name: "shoes" });
    expect((await engine.plan({ name: "shoes" })).planned).toEqual(engine.state);
  });

  test("restores the default of an input that was removed", async () => {
    await engine.apply({ name: "shoes", size: 20 });
    expect((await engine.plan({ name: "shoes" })).planned).toMatchObject({ size: 10, outputs: { litres: unknown } });
  });

  test("refuses a change of an immutable input in the words of every front end", async () => {
    await engine.apply({ name: "shoes" });
    const { diagnostics } = await engine.plan({ name: "shoes", colour: "blue" });
    expect(diagnostics).toEqual(
      error("Unable to plan nixops4-boxes_box", '`colour` cannot change in place from "red"'),
    );
  });

  test("refuses an object of another deployment, and one without a mark", async () => {
    shelf.boxes.set("shoes", { size: 10, colour: "red", mark: { managedBy: "neighbour", type: "box" } });
    expect((await engine.plan({ name: "shoes" })).diagnostics).toEqual(error("", '`adoptFrom = "neighbour"`'));
    shelf.boxes.set("shoes", { size: 10, colour: "red", mark: undefined });
    expect((await engine.plan({ name: "shoes" })).diagnostics).toEqual(error("", "`adopt = true`"));
  });

  test("does not look while an input or the connection is unknown", async () => {
    expect((await engine.plan({ name: unknown })).planned).toMatchObject({ name: unknown, size: 10 });
    const early = await Engine.start(unknown);
    expect((await early.plan({ name: "shoes" })).planned).toMatchObject({ name: "shoes", outputs: unknown });
    expect([...shelf.calls, ...early.shelf.calls]).toEqual([]);
  });

  test("shows a change that no input shows, such as a repair without a refresh", async () => {
    await engine.apply({ name: "shoes" });
    shelf.boxes.set("shoes", { size: 11, colour: "red", mark: { managedBy: "home", type: "box" } });
    expect((await engine.plan({ name: "shoes" })).planned).toMatchObject({ size: 10, outputs: { litres: unknown } });
  });
});

describe("an apply", () => {
  test("creates, and returns the outputs", async () => {
    expect(await engine.apply({ name: "shoes" })).toEqual([]);
    expect(engine.state).toMatchObject({ name: "shoes", outputs: { litres: 10 } });
    expect(shelf.writes).toEqual(["create"]);
  });

  test("that fails to create returns no state, and the next one continues from what exists", async () => {
    shelf.before = {
      create: () => {
        shelf.boxes.set("shoes", { size: 30, colour: "red", mark: { managedBy: "home", type: "box" } });
        throw new Error("the line is dead");
      },
    };
    expect(await engine.apply({ name: "shoes" })).toEqual(
      error("Unable to create box shoes", "a destroy does not delete"),
    );
    expect(engine.state).toBe(null);
    shelf.before = {};
    expect(await engine.apply({ name: "shoes" })).toEqual([]);
    expect(shelf.writes).toEqual(["create", "update"]);
  });

  test("that fails to update returns the state as it was", async () => {
    await engine.apply({ name: "shoes" });
    const before = engine.state;
    shelf.before = { update: () => Promise.reject(new Error("the line is dead")) };
    expect(await engine.apply({ name: "shoes", size: 20 })).toEqual(error("Unable to update box shoes"));
    expect(engine.state).toEqual(before);
  });

  test("writes nothing after the engine was interrupted", async () => {
    await engine.send("StopProvider", {});
    expect(await engine.apply({ name: "shoes" })).toEqual(error("[opentofu.interrupted]"));
    expect(shelf.calls).not.toContain("create");
  });
});

describe("a refresh", () => {
  test("shows what differs, and forgets it when it was repaired elsewhere", async () => {
    await engine.apply({ name: "shoes" });
    const before = engine.state;
    const mark = { managedBy: "home", type: "box" };
    shelf.boxes.set("shoes", { size: 11, colour: "green", mark });
    await engine.refresh();
    expect(engine.state).toMatchObject({ size: 11, colour: "(another value)", outputs: { litres: 11 } });
    shelf.boxes.set("shoes", { size: 10, colour: "red", mark });
    await engine.refresh();
    expect(engine.state).toEqual(before);
  });

  test("finds that the object is gone", async () => {
    await engine.apply({ name: "shoes" });
    shelf.boxes.clear();
    await engine.refresh();
    expect(engine.state).toBe(null);
  });

  test("that fails is an error, and never a missing object", async () => {
    await engine.apply({ name: "shoes" });
    shelf.before = { read: () => Promise.reject(new Error("the line is dead")) };
    expect(await engine.refresh()).toEqual(error("Unable to read box shoes"));
    expect(engine.state).not.toBe(null);
  });
});

describe("a destroy", () => {
  test("deletes what the deployment created", async () => {
    await engine.apply({ name: "shoes" });
    expect(await engine.apply(null)).toEqual([]);
    expect(shelf.boxes.size).toBe(0);
  });

  test("keeps what the state says, with a warning in the plan and in the apply", async () => {
    await engine.apply({ name: "shoes", deletion: "retain" });
    const kept = [
      { severity: "WARNING", summary: "Destroying keeps the box", detail: expect.stringContaining("retain") },
    ];
    expect((await engine.plan(null)).diagnostics).toEqual(kept);
    expect(await engine.apply(null)).toEqual(kept);
    expect(shelf.boxes.get("shoes")?.mark).toBe(undefined);
  });
});

describe("an import", () => {
  test.each(["shoes", '{"name": "shoes"}', '{"name": "shoes", "size": 5}'])("takes the id %s", async (id) => {
    shelf.boxes.set("shoes", { size: 7, colour: "blue", mark: { managedBy: "home", type: "box" } });
    expect(await engine.import(id)).toEqual([]);
    await engine.refresh();
    expect(engine.state).toMatchObject({ name: "shoes", size: 7, colour: "blue", outputs: { litres: 7 } });
    await engine.apply({ name: "shoes", size: 7, colour: "blue" });
    expect(shelf.writes).toEqual([]);
  });

  test.each([
    ['{"size": 5}', "does not name `name`"],
    ['{"name": "shoes", "width": 5}', "has the unknown attribute `width`"],
    ["{", "is not valid JSON"],
  ])("rejects the id %s", async (id, reason) => {
    expect(await engine.import(id)).toEqual(error(`[opentofu.import.id] Unable to answer OpenTofu: the id ${reason}`));
  });
});

describe("a validation", () => {
  test("reports invalid inputs, also while others are unknown", async () => {
    const fine: ObjectValue = { name: unknown, size: 1 };
    expect(await engine.validate(fine)).toEqual({});
    expect(await engine.validate({ ...fine, size: 0 })).toEqual({
      diagnostics: error("`size` must be >= 1, got 0", "Correct the inputs"),
    });
  });
});

const moveFrom = (type: string, provider: string): Promise<Record<string, unknown>> =>
  engine.send("MoveResourceState", {
    source_type_name: type,
    source_provider_address: `example.org/suite/${provider}`,
    source_state: { json: Buffer.from('{"name":"shoes"}') },
    source_private: Buffer.alloc(0),
    target_type_name: "nixops4-boxes_box",
  });

describe("a state", () => {
  test("of an older version gets the defaults of new inputs and loses old attributes", async () => {
    const state = await engine.reload('{"name":"shoes","weight":3,"outputs":{"litres":10}}');
    expect(state).toMatchObject({ name: "shoes", size: 10, colour: "red", outputs: { litres: 10 } });
  });

  test("moves from another address of the same provider", async () => {
    const { target_state } = await moveFrom("nixops4-boxes_box", "nixops4-boxes");
    expect(engine.decode(target_state)).toMatchObject({ name: "shoes" });
  });

  test.each([
    ["nixops4-boxes_box", "others"],
    ["nixops4-boxes_chest", "nixops4-boxes"],
  ])("of the type %s of %s does not move", async (type, provider) => {
    const { diagnostics } = await moveFrom(type, provider);
    expect(diagnostics).toEqual(error("cannot become one of type nixops4-boxes_box", "Import the object"));
  });
});

test("metadata and schema name the types", async () => {
  expect(await engine.send("GetMetadata", {})).toMatchObject({ resources: [{ type_name: "nixops4-boxes_box" }] });
  const { resource_schemas } = await engine.send("GetProviderSchema", {});
  expect(Object.keys(Object(resource_schemas))).toEqual(["nixops4-boxes_box"]);
});
