import { X509Certificate, createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, type Certificates } from "@nixops4-resources/integration-servers/tls/certificates";
import type { TlsInputs } from "@nixops4-resources/protocol-tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HttpWriter } from "./client.ts";
import { WebServer } from "./testing/web-server.ts";

const folder = mkdtempSync(join(tmpdir(), "nixops4-http-"));
let good: Certificates;
let other: Certificates;
let server: WebServer;
let expired: WebServer;

async function certificates(name: string, until?: Date): Promise<Certificates> {
  mkdirSync(join(folder, name));
  return await makeCertificates(join(folder, name), "client", until);
}

const answer = (_: unknown, response: { end: (text: string) => void }): void => response.end("welcome");

beforeAll(async () => {
  good = await certificates("good");
  other = await certificates("other");
  const old = await certificates("old", new Date(Date.now() - 60_000));
  server = await WebServer.start(answer, good);
  expired = await WebServer.start(answer, { ...old, caFile: good.caFile });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await expired[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Attempt {
  readonly tls: Partial<TlsInputs> | null;
  readonly at?: WebServer;
  readonly host?: string;
}

/** Sends a write with a credential; what came of it, and how many bytes of HTTP the server received. */
async function attempt({ tls, at = server, host = "localhost" }: Attempt): Promise<{ result: unknown; bytes: number }> {
  const before = await at.bytes();
  const target = {
    url: `https://${host}:${at.port}`,
    tls: tls === null ? null : { caFile: null, pins: [], ...tls },
    authorize: async () => ({ Authorization: "Bearer a-secret-token" }),
  };
  const client = new HttpWriter(target, { signal: AbortSignal.timeout(20_000), timeoutSeconds: 20 });
  const result = await client.write("POST", "/", {}).then(
    ({ text }) => text,
    (error: unknown) => error,
  );
  await client[Symbol.asyncDispose]();
  return { result, bytes: (await at.bytes()) - before };
}

const certificate = ({ serverCertificateFile }: Certificates): X509Certificate =>
  new X509Certificate(readFileSync(serverCertificateFile));
const keyPin = (of: Certificates): string => {
  const key = certificate(of).publicKey.export({ type: "spki", format: "der" });
  return `sha256//${createHash("sha256").update(key).digest("base64")}`;
};
const fingerprint = (of: Certificates): string => certificate(of).fingerprint256;

describe("a server over TLS is accepted", () => {
  test("by its authority and name", async () => {
    const { result, bytes } = await attempt({ tls: { caFile: good.caFile } });
    expect(result).toBe("welcome");
    expect(bytes).toBeGreaterThan(0);
    expect((await attempt({ tls: { caFile: good.caFile }, host: "127.0.0.1" })).result).toBe("welcome");
  });

  test.each<[string, (of: Certificates) => string]>([
    ["its fingerprint", fingerprint],
    ["its fingerprint in small letters without colons", (of) => fingerprint(of).replaceAll(":", "").toLowerCase()],
    ["its public key", keyPin],
  ])("by %s alone, whatever its name", async (_, pin) => {
    expect((await attempt({ tls: { pins: [pin(other), pin(good)] }, host: "127.0.0.2" })).result).toBe("welcome");
  });

  test("by authority and pin together", async () => {
    expect((await attempt({ tls: { caFile: good.caFile, pins: [keyPin(good)] } })).result).toBe("welcome");
  });
});

describe("a server over TLS receives nothing of the request", () => {
  test.each<[string, () => Attempt, object]>([
    [
      "if another authority signed it",
      () => ({ tls: { caFile: other.caFile } }),
      { code: "tls.failed", hint: expect.stringContaining("`connection.tls.caFile`") },
    ],
    [
      "if no well-known authority signed it",
      () => ({ tls: null }),
      { code: "tls.failed", hint: expect.stringContaining("`connection.tls.caFile`") },
    ],
    [
      "if its certificate has another name",
      () => ({ tls: { caFile: good.caFile }, host: "127.0.0.2" }),
      { code: "tls.failed", hint: expect.stringContaining("`connection.url`") },
    ],
    [
      "if its certificate has expired",
      () => ({ tls: { caFile: join(folder, "old/ca.crt") }, at: expired }),
      { code: "tls.failed", hint: expect.stringContaining("Renew") },
    ],
    [
      "if the fingerprint is another",
      () => ({ tls: { pins: [fingerprint(other)] } }),
      {
        code: "tls.pin",
        message: expect.stringMatching(/has the SHA-256 fingerprint [0-9a-f]{64}, which matches none of the pins/),
        hint: expect.stringContaining("`connection.tls.pins`"),
      },
    ],
    ["if the public key is another", () => ({ tls: { pins: [keyPin(other)] } }), { code: "tls.pin" }],
    [
      "if only the authority is right and the pin is not",
      () => ({ tls: { caFile: good.caFile, pins: [keyPin(other)] } }),
      { code: "tls.pin" },
    ],
    [
      "if only the pin is right and the authority is not",
      () => ({ tls: { caFile: other.caFile, pins: [keyPin(good)] } }),
      { code: "tls.failed" },
    ],
    ["if there is no file with authorities", () => ({ tls: { caFile: "/nowhere.pem" } }), { code: "tls.file" }],
    [
      "if the file with authorities contains none",
      () => {
        writeFileSync(join(folder, "empty.pem"), "no certificate\n");
        return { tls: { caFile: join(folder, "empty.pem") } };
      },
      { code: "tls.file", message: expect.stringContaining("contains no certificate") },
    ],
  ])("%s", async (_, given, expected) => {
    const { result, bytes } = await attempt(given());
    expect(bytes, "bytes of the request that arrived").toBe(0);
    expect(result).toMatchObject(expected);
  });

  test("if it does not speak TLS", async () => {
    await using plain = await WebServer.start((_, response) => void response.end());
    const { result } = await attempt({ tls: { caFile: good.caFile }, at: plain });
    expect(result).toMatchObject({ code: "tls.failed" });
    expect(plain.received).toEqual([]);
  });
});
