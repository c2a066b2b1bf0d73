import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { directoryStore, openSecretReader } from "@nixops4-resources/protocol-secrets";
import { makePerson } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { deploymentsIn, evaluator, readPage } from "./manual.ts";

const mainOf = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);
const [mastodon = "", peertube = "", pixelfed = ""] = deploymentsIn(await readPage("garage.md"));
const evaluateMember = await evaluator();

/** What an application is given: nothing but outputs. */
const bucketOutputs = z.object({
  bucketName: z.string(),
  endpoint: z.string(),
  region: z.string(),
  usePathStyle: z.boolean(),
});
const keyOutputs = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.object({
    store: z.looseObject({ name: z.string(), version: z.number(), directory: directoryStore }),
  }),
});

describe("docs/garage.md", () => {
  const server = serverOf(startGarage);
  const opened = new AsyncDisposableStack();
  let store: Message;
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-garage-manual-"));
    opened.defer(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o700);
    const { identity } = opened.use(await makePerson());
    store = { directory: { folder, identity } };
  });
  afterAll(() => opened.disposeAsync());

  test.each([
    ["Mastodon", mastodon, { mastodon_media: "bucket", mastodon_key: "key", mastodon_grant: "grant" }],
    [
      "PeerTube",
      peertube,
      {
        peertube_videos: "bucket",
        peertube_playlists: "bucket",
        peertube_key: "key",
        peertube_videos_grant: "grant",
        peertube_playlists_grant: "grant",
      },
    ],
    ["Pixelfed", pixelfed, { pixelfed_media: "bucket", pixelfed_key: "key", pixelfed_grant: "grant" }],
  ])(
    "has an example for %s that can be applied, and whose outputs suffice for its objects",
    async (_, source, members) => {
      const { adminPort, s3Port, tokenFile, rootDomain } = server();
      const garage = new Deployment(mainOf("garage"), {
        url: `http://127.0.0.1:${adminPort}`,
        token: { file: tokenFile },
        s3: { endpoint: `http://127.0.0.1:${s3Port}` },
        web: { rootDomain },
      });
      const outputs: Record<string, Message> = {};
      for (const [member, type] of Object.entries(members)) {
        const declared = await evaluateMember(source, member, outputs);
        const inputs = type === "key" ? { ...declared, store } : declared;
        const created = await garage.create(type, inputs);
        expect([member, created.error, created.outcome]).toEqual([member, undefined, "created"]);
        expect((await garage.create(type, inputs)).outcome, member).toBe("unchanged");
        outputs[member] = created.outputs;
      }
      const key = keyOutputs.parse(Object.entries(outputs).find(([member]) => member.endsWith("_key"))?.[1]);
      for (const [member, type] of Object.entries(members)) {
        if (type === "bucket") await usesObjects(bucketOutputs.parse(outputs[member]), key);
      }
    },
  );
});

/** Writes an object and reads it back, as the application would. */
async function usesObjects(
  { bucketName: Bucket, endpoint, region, usePathStyle }: z.output<typeof bucketOutputs>,
  { accessKeyId, secretAccessKey }: z.output<typeof keyOutputs>,
): Promise<void> {
  const { name, version, directory } = secretAccessKey.store;
  await using secrets = await openSecretReader({ directory });
  const { value } = await secrets.reveal(name, version, "a test");
  const s3 = new S3Client({
    endpoint,
    region,
    forcePathStyle: usePathStyle,
    credentials: { accessKeyId, secretAccessKey: value.revealText() },
  });
  await expect
    .poll(() => s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "Hello." })).catch((error: unknown) => error))
    .not.toBeInstanceOf(Error);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "a" }));
  expect(await Body?.transformToString()).toBe("Hello.");
  s3.destroy();
}
