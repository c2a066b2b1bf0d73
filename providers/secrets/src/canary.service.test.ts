import { join } from "node:path";
import { Deployment, startProvider, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { generators } from "./generators/generators.ts";
import { DirectoryBackend } from "./testing/directory-backend.ts";

// The contract looks for secrets in inputs. Generated values are secrets too, so every generator is tested here.
const main = join(import.meta.dirname, "../dist/main.cjs");
const backend = await DirectoryBackend.make();
const deployment = new Deployment(main, backend.connection);
let source: unknown;
let authority: Message;

beforeAll(async () => {
  source = (await deployment.create("secret", { name: "source", generator: { password: {} } })).outputs["ref"];
  const made = { name: "ca", generator: { certificateAuthority: { commonName: "CA" } } };
  const { outputs } = await deployment.create("secret", made);
  authority = { key: outputs["ref"], certificate: Object(outputs["public"]).certificate };
});
afterAll(() => backend[Symbol.asyncDispose]());

const inputs: Record<keyof typeof generators, () => Message> = {
  activeRecordEncryptionKey: () => ({}),
  age: () => ({}),
  argon2id: () => ({ source, memoryKibibytes: 64 }),
  base64: () => ({}),
  base64url: () => ({}),
  bcrypt: () => ({ source, cost: 4 }),
  certificate: () => ({ authority, commonName: "web" }),
  certificateAuthority: () => ({ commonName: "another CA" }),
  certificateRequest: () => ({ commonName: "web" }),
  copy: () => ({ source }),
  dkim: () => ({}),
  hex: () => ({}),
  htpasswd: () => ({ source, user: "admin", cost: 4 }),
  laravelAppKey: () => ({}),
  laravelPassport: () => ({}),
  password: () => ({}),
  privateKey: () => ({ algorithm: "rsa-2048", format: "jwk" }),
  railsSecretKeyBase: () => ({}),
  scramSha256: () => ({ source }),
  sshKey: () => ({}),
  tsig: () => ({ keyName: "acme", format: "bind" }),
  uuid: () => ({}),
  vapid: () => ({}),
  wireguard: () => ({}),
};

/** Parts of a value that must stay secret. Leaves out parts that are also public, such as a modulus. */
function canariesIn(value: string, outputs: Message): string[] {
  const isPublic = JSON.stringify(outputs["public"]);
  return (value.match(/[\w+/=.$-]{16,}/g) ?? []).filter(
    (piece) => !piece.startsWith("-----") && !isPublic.includes(piece),
  );
}

test.each(Object.entries(inputs))(
  "shows a value of `%s` in no output, log, error or command line",
  async (kind, given) => {
    const name = `made/${kind}`;
    const wanted = { connection: backend.connection, managedBy: "shop", name, generator: { [kind]: given() } };
    const rotated = { ...wanted, generation: 2 };
    const provider = startProvider({ main, environment: { NIXOPS4_RESOURCES_LOG: "debug" } });
    const send = async (request: Message): Promise<Message> => {
      provider.send(request);
      const answer = await provider.answer();
      return Object(Object(Object.values(answer)[0])["outputProperties"] ?? {});
    };
    const create = (inputProperties: Message) =>
      send({ createResourceRequest: { type: "secret", inputProperties, isStateful: false } });
    const outputs = await create(wanted);
    const canaries = canariesIn(await backend.valueOf(name), outputs);
    await send({ planResourceRequest: { type: "secret", inputProperties: rotated } });
    const later = await create(rotated);
    canaries.push(...canariesIn(await backend.valueOf(name), later));
    await create(wanted);
    await create({ ...rotated, managedBy: "others" });
    await send({ destroyResourceRequest: { resource: { type: "secret", inputProperties: rotated } } });

    const { outcomes, stdout, stderr, commandLine } = await provider.finish();
    expect(outcomes).toEqual(["created", "updated", "failed", "failed", "deleted"]);
    expect(canaries.length, "pieces to look for").toBeGreaterThan(1);
    for (const [where, text] of Object.entries({ stdout, stderr, commandLine })) {
      for (const canary of canaries) expect(text?.includes(canary), `a piece of the value in ${where}`).toBe(false);
    }
  },
);
