import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf } from "../testing/contents.ts";
import { ImageFolder } from "../testing/images.ts";
import { downloadRights, imageRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

const gib = 1024 ** 3;
const content = qcow2(gib);
const sha256 = createHash("sha256").update(content).digest("hex");
const volume = `local:import/nixops4.shop.cloud-${sha256.slice(0, 16)}.qcow2`;
const rights = [...imageRights("local"), ...downloadRights("pve1"), ...downloadRights("pve2")];

describeProxmox("an image that the nodes download", { rights }, (suite) => {
  let site: Server;
  let folder: ImageFolder;
  beforeAll(async () => {
    folder = await ImageFolder.make();
    site = createServer((request, response) => {
      if (request.url === "/gone.qcow2") response.writeHead(404);
      response.end(content);
    }).listen(0, "127.0.0.1");
    await once(site, "listening");
  });
  afterAll(async () => {
    site.close();
    await folder[Symbol.asyncDispose]();
  });

  const urlOf = (name: string): string => {
    const address = site.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/${name}`;
  };
  const inputs = (change: Message = {}): Message => ({
    name: "cloud",
    url: urlOf("cloud.qcow2"),
    sha256,
    storage: "local",
    nodes: ["pve1"],
    ...change,
  });
  const apply = (change: Message = {}) => suite().deployment.create("image", inputs(change));
  const images = async () => (await contentsOf(suite().server)).images;
  const downloads = async (): Promise<number> =>
    (await suite().server.log()).match(/POST \S*\/download-url /g)?.length ?? 0;

  test("is downloaded once by each node, and the same file in place of `url` is the same volume", async () => {
    expect(await apply({ nodes: ["pve1", "pve2"] })).toMatchObject({
      outcome: "created",
      outputs: { volume, sha256, virtualSizeBytes: gib },
    });
    expect((await images()).map(({ node, volid }) => [node, volid])).toEqual([
      ["pve1", volume],
      ["pve2", volume],
    ]);
    expect((await apply()).outcome).toBe("unchanged");
    const file = await folder.write("cloud.qcow2", content);
    expect((await apply({ url: null, file })).outcome).toBe("unchanged");
    expect((await suite().deployment.destroy("image", inputs({ nodes: ["pve1", "pve2"] }))).outcome).toBe("deleted");
    expect(await images()).toEqual([]);
  });

  test("a download that was killed is waited for, and not repeated", async () => {
    const before = await downloads();
    await suite().server.fault({ fault: "slowTask", type: "download", milliseconds: 6000 });
    expect((await apply({ timeoutSeconds: 3 })).error).toContain("protocol.timeout");
    expect(await images()).toEqual([]);
    const { error, outputs } = await apply();
    expect(error).toBeUndefined();
    expect(outputs).toMatchObject({ volume });
    expect((await downloads()) - before).toBe(1);
  });

  test("`format` tells what the end of the address does not", async () => {
    expect((await apply({ url: urlOf("cloud.img") })).error).toContain("Hint: Set `format`");
    expect((await apply({ url: urlOf("cloud.img?a=b"), format: "qcow2" })).outputs).toMatchObject({ volume });
    const raw = await apply({ name: "other", url: urlOf("cloud.vmdk") });
    expect(raw.error).toContain("[proxmox.image.invalid]");
    expect(raw.error).toContain("Image is not in vmdk format");
  });

  test.each<[string, () => Message, string[]]>([
    ["an address that does not exist", () => ({ url: urlOf("gone.qcow2") }), ["image.download", "ERROR 404"]],
    [
      "a certificate that nobody knows",
      () => ({ url: `${suite().server.url}/a.qcow2` }),
      ["image.download", "certificate", "Install the authority"],
    ],
    [
      "a server that is not there",
      () => ({ url: "http://127.0.0.1:1/a.qcow2" }),
      ["image.download", "Connection refused"],
    ],
    ["another checksum", () => ({ sha256: "0".repeat(64) }), ["image.invalid", `has the SHA-256 ${sha256}`]],
    ["no checksum", () => ({ sha256: null }), ["image.invalid", "without `sha256`"]],
    ["a compressed image", () => ({ url: urlOf("cloud.qcow2.xz") }), ["image.invalid", "without compression"]],
    ["a file, too", () => ({ file: "/srv/cloud.qcow2" }), ["image.invalid", "exactly one of `file` and `url`"]],
    ["a password in the address", () => ({ url: "https://a:b@example.org/a.qcow2" }), ["inputs", "url"]],
  ])("%s is an error that leaves no volume", async (_what, change, words) => {
    const { error } = await apply(change());
    for (const word of words) expect(error).toContain(word);
    expect(await images()).toEqual([]);
  });

  test("without the right to use the network of the node, the error names privilege and path", async () => {
    const { deployment } = await suite().as("uploader", imageRights("local"));
    const { error } = await deployment.create("image", inputs());
    expect(error).toContain("Sys.AccessNetwork on the path /nodes/pve1");
    expect(await images()).toEqual([]);
  });
});
