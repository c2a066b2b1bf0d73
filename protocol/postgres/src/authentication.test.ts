import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { connectReader } from "./client.ts";
import { connection } from "./connection.ts";
import { makeSecretFile } from "./testing/secret-file.ts";

/** https://www.postgresql.org/docs/18/protocol-message-formats.html */
const message = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};
const authentication = (kind: number, rest = Buffer.alloc(0)): Buffer =>
  message("R", Buffer.concat([Buffer.from([0, 0, 0, kind]), rest]));
const [ok, clearText, md5, scram] = [
  authentication(0),
  authentication(3),
  authentication(5, Buffer.from("salt")),
  authentication(10, Buffer.from("SCRAM-SHA-256\0\0")),
];
const ready = message("Z", Buffer.from("I"));

/** A listener that is no PostgreSQL: it sends one of `answers` for each message, and records what it gets. */
async function pretend(answers: readonly Buffer[]): Promise<AsyncDisposable & { port: number; received: Buffer[] }> {
  const received: Buffer[] = [];
  const listener = createServer((client) => {
    let next = 0;
    client.on("error", () => undefined);
    client.on("data", (bytes) => {
      received.push(bytes);
      const answer = answers[next++];
      if (answer === undefined) client.destroy();
      else client.write(answer);
    });
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no address.");
  return { port: address.port, received, [Symbol.asyncDispose]: async () => void listener.close() };
}

const secret = makeSecretFile();

async function logInAt(port: number, given: object = {}): Promise<unknown> {
  const parsed = connection.parse({
    host: "127.0.0.1",
    port,
    user: "ada",
    password: { file: secret.file },
    ...given,
  });
  await using client = await connectReader(parsed, { signal: AbortSignal.timeout(10_000), timeoutSeconds: 10 });
  return await client.maintenance().then(
    () => "logged in",
    (error: unknown) => error,
  );
}

describe("a listener on plain TCP that is not PostgreSQL", () => {
  test.each([
    ["asks for clear text", [clearText]],
    ["asks for MD5", [md5]],
    ["asks for SCRAM, then for clear text", [scram, clearText]],
    ["asks for SCRAM, then for MD5", [scram, md5]],
    ["asks for nothing", [Buffer.concat([ok, ready])]],
    ["skips its own part of SCRAM", [scram, Buffer.concat([ok, ready])]],
  ])("gets no password if it %s", async (_, answers) => {
    await using listener = await pretend(answers);
    expect(await logInAt(listener.port)).toMatchObject({
      code: "postgres.login.method",
      hint: expect.stringContaining("scram-sha-256"),
    });
    const passwords = Buffer.concat(listener.received).toString("latin1");
    expect(passwords).not.toContain(secret.value);
    expect(passwords).not.toMatch(/md5[0-9a-f]{32}/);
  });

  test("gets the password if `requireAuth` accepts clear text", async () => {
    await using listener = await pretend([clearText, Buffer.concat([ok, ready])]);
    expect(await logInAt(listener.port, { requireAuth: ["password"] })).toBe("logged in");
    expect(Buffer.concat(listener.received).toString("latin1")).toContain(secret.value);
  });

  test("may ask for nothing if no password is configured, unless `requireAuth` is set", async () => {
    await using listener = await pretend([Buffer.concat([ok, ready])]);
    expect(await logInAt(listener.port, { password: null })).toBe("logged in");
    expect(await logInAt(listener.port, { password: null, requireAuth: ["scram-sha-256"] })).toMatchObject({
      code: "postgres.login.method",
    });
  });
});
