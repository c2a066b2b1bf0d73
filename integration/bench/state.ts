import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { answers } from "@nixops4-resources/integration-driver/provider/answer";
import type { JsonObject } from "@nixops4-resources/integration-driver/json";
import { ProviderProcess } from "@nixops4-resources/integration-driver/provider/process";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { median } from "./measure.ts";
import { cleanEnvironment } from "./timed-run.ts";

const count = 500;
const reads = 15;
const provider = {
  executable: process.execPath,
  args: [join(import.meta.dirname, "../../providers/state/dist/main.cjs")],
};

/** The time of an apply for its state in PostgreSQL: each event, and the read of a state of 500 resources. */
export async function state(address: PostgresAddress, folder: string, say: (line: string) => void): Promise<void> {
  const resource = { type: "state_postgres", inputProperties: inputsOf(address, folder) };
  await using creator = await start();
  await creator.ask({ createResourceRequest: { ...resource, isStateful: false } }, answers.create);
  const applied = { ...resource, outputProperties: {} };
  const events: number[] = [];
  {
    await using writer = await start();
    await writer.ask({ stateResourceReadRequest: { resource: applied } }, answers.stateRead);
    for (let index = 0; index < count; index++) {
      const patch = [{ op: "add", path: `/resources/r${index}`, value: entry(index) }];
      const event = { resource: applied, event: "create", nixopsVersion: "0.1.0", patch };
      events.push(await milliseconds(() => writer.ask({ stateResourceEvent: event }, answers.stateEvent)));
    }
  }
  const whole: number[] = [];
  for (let read = 0; read < reads; read++) {
    whole.push(
      await milliseconds(async () => {
        await using reader = await start();
        const answer = await reader.ask({ stateResourceReadRequest: { resource: applied } }, answers.stateRead);
        if (JSON.stringify(answer).length < count * 100) throw new Error("Resources are missing in the state.");
      }),
    );
  }
  const slow = events.toSorted((a, b) => a - b)[Math.floor(count * 0.95)] ?? NaN;
  say(
    `\nstate of ${count} resources: ${median(events).toFixed(2)} ms an event (95% within ${slow.toFixed(2)} ms)   goal <= 5 ms; ` +
      `a read ${median(whole).toFixed(0)} ms, with the start of its process`,
  );
}

function inputsOf({ host, port, user, passwordFile }: PostgresAddress, folder: string): JsonObject {
  const identity = join(folder, "identity");
  const { privateKey } = generateKeyPairSync("ed25519");
  writeFileSync(identity, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  const connection = { host, port, user, password: { file: passwordFile } };
  return { connection, managedBy: "bench", name: "bench", identity: { file: identity } };
}

/** A resource of typical size. */
const entry = (index: number): JsonObject => ({
  type: "role",
  input_properties: {
    name: `app_${index}`,
    login: true,
    memberOf: [],
    settings: {},
    connection: { host: "127.0.0.1" },
  },
  output_properties: { name: `app_${index}` },
});

const start = (): Promise<ProviderProcess> =>
  ProviderProcess.start(provider, { env: cleanEnvironment(), onMessage: () => undefined });

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
