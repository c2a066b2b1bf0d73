import { makeCertificates } from "@nixops4-resources/integration-servers/tls/certificates";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeProxmox } from "./testing/suite.ts";
import { poolRights } from "./testing/rights.ts";

const shop = { name: "shop" };

describeProxmox("the connection", { rights: poolRights }, (suite) => {
  /** A request over HTTPS, with these members of `connection.tls`. */
  const overTls = (tls: object | null) => suite().connecting({ url: suite().server.url, tls });

  test("a cluster is recognized by its pin, one of several", async () => {
    const pins = ["00".repeat(32), suite().server.fingerprint];
    expect((await overTls({ pins }).create("pool", shop)).outcome).toBe("created");
    expect((await overTls({ pins }).destroy("pool", shop)).outcome).toBe("deleted");
  });

  test("a cluster is recognized by its authority", async (context) => {
    const { caFile } = suite().server;
    if (caFile === undefined) context.skip("the authority of this server is unknown");
    expect((await overTls({ caFile }).create("pool", shop)).outcome).toBe("created");
  });

  test("another pin, another authority and the well-known ones are rejected before the token is sent", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-other-authority-"));
    const { caFile } = await makeCertificates(folder, "client");
    const before = await suite().server.log();
    const cases = [
      [{ pins: ["00".repeat(32)] }, "[tls.pin]"],
      [{ caFile }, "[tls.failed]"],
      [null, "[tls.failed]"],
    ] as const;
    for (const [tls, code] of cases) {
      const { error, said } = await overTls(tls).create("pool", shop);
      expect(error).toContain(code);
      expect(said).not.toContain(suite().backend.account.token);
    }
    expect(await suite().server.log(), "requests that arrived").toBe(before);
    await rm(folder, { recursive: true });
  });

  test("a token that the cluster does not accept is an error that names its input", async () => {
    const wrong = suite().backend.account.token.replace(/=.*/, "=00000000-0000-4000-8000-000000000000");
    const { error, said } = await suite()
      .connecting({ token: { command: ["echo", wrong] } })
      .create("pool", shop);
    expect(error).toContain("[proxmox.token.refused]");
    expect(error).toContain("connection.token");
    expect(said.replaceAll(`"echo","${wrong}"`, "")).not.toContain("=00000000-");
  });

  test.each([
    ["a header", "PVEAPIToken=a@pve!b1=00000000-0000-4000-8000-00000000beef", "the name of a header"],
    ["a secret alone", "00000000-0000-4000-8000-00000000beef", "USER@REALM!TOKENID=UUID"],
    ["an id alone", "alice@pve!deploy", "USER@REALM!TOKENID=UUID"],
  ])("%s in place of the token is rejected, and never shown", async (_what, text, words) => {
    const variable = { TOKEN_TEXT: text };
    const { error, said } = await suite()
      .connecting({ token: { env: "TOKEN_TEXT" } }, variable)
      .create("pool", shop);
    expect(error).toContain("[proxmox.token.malformed]");
    expect(error).toContain(words);
    expect(said).not.toContain(text);
  });

  test("http to another machine is rejected before anything is sent", async () => {
    const { error } = await suite().connecting({ url: "http://pve.example.org:8006" }).create("pool", shop);
    expect(error).toContain("allowPlaintext");
  });
});
