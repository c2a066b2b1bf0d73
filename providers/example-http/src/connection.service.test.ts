import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { describe, expect, test } from "vitest";
import { connectWriter, type NotesWriter } from "./client.ts";
import { connection } from "./connection.ts";
import { startServer, startTlsServer } from "./testing/server.ts";

const main = join(import.meta.dirname, "../dist/main.cjs");
const note = { name: "motd", text: "Welcome.\n" };

const fingerprint = (file: string): string => new X509Certificate(readFileSync(file)).fingerprint256;

describe("over TLS", () => {
  const server = serverOf(startTlsServer);
  const certificates = () => {
    const made = server().certificates;
    if (made === null) throw new Error("The server has no certificates.");
    return made;
  };
  const deployment = (tls: Message | null): Deployment => {
    const { port, tokenFile } = server();
    return new Deployment(main, { url: `https://localhost:${port}`, token: { file: tokenFile }, tls });
  };
  test("the server is recognized by its authority", async () => {
    expect((await deployment({ caFile: certificates().caFile }).create("note", note)).outcome).toBe("created");
  });

  test("the server is recognized by its pin", async () => {
    const pins = [fingerprint(certificates().serverCertificateFile)];
    expect((await deployment({ pins }).destroy("note", note)).outcome).toBe("deleted");
  });

  test("a server with another certificate never receives the token", async () => {
    const before = await server().log();
    const pins = [fingerprint(certificates().clientCertificateFile)];
    const { error, said } = await deployment({ pins }).create("note", note);
    expect(error).toMatch(/^\[tls\.pin\] .* the certificate of https:\/\/localhost:/);
    expect(said).not.toContain(server().token);
    expect((await deployment(null).create("note", note)).error).toContain("[tls.failed]");
    expect(await server().log(), "requests that arrived").toBe(before);
  });

  test("a pin without TLS is rejected", async () => {
    const { port, tokenFile } = server();
    const plain = { url: `http://localhost:${port}`, token: { file: tokenFile }, tls: { pins: [] } };
    expect((await new Deployment(main, plain).create("note", note)).error).toContain("[protocol.inputs.invalid]");
  });
});

describe("a write after a look", () => {
  const server = serverOf(startServer);
  const open = async (): Promise<NotesWriter> => {
    const { port, tokenFile } = server();
    const inputs = { url: `http://127.0.0.1:${port}`, token: { file: tokenFile } };
    return await connectWriter(connection.parse(inputs), { signal: AbortSignal.timeout(20_000), timeoutSeconds: 20 });
  };

  test.each<[string, (notes: NotesWriter) => Promise<void>]>([
    ["change", (notes) => notes.change("seen", { description: "a mark" })],
    ["remove", (notes) => notes.remove("seen")],
  ])("does not %s a note that somebody else changed in between", async (_, write) => {
    await server().call("PUT", "/notes/seen", { text: "one" });
    await using notes = await open();
    expect(await notes.find("seen")).toMatchObject({ text: "one" });
    await server().call("PATCH", "/notes/seen", { text: "two" });
    await expect(write(notes)).rejects.toMatchObject({ name: "MarkChanged" });
    expect(await notes.find("seen")).toMatchObject({ text: "two", description: null });
    await write(notes);
  });

  test("does not take a note whose name was taken in between", async () => {
    await using notes = await open();
    expect(await notes.find("taken")).toBeUndefined();
    await server().call("PUT", "/notes/taken", { text: "theirs" });
    const create = notes.create("taken", { text: "ours", description: null, password: null });
    await expect(create).rejects.toMatchObject({ name: "AlreadyExists" });
    expect(await notes.find("taken")).toMatchObject({ text: "theirs" });
  });
});
