import { createHash } from "node:crypto";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { contentsOf } from "../testing/contents.ts";
import { ImageFolder } from "../testing/images.ts";
import { imageRights } from "../testing/rights.ts";
import { describeProxmox } from "../testing/suite.ts";

const hashOf = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
const volumeOf = (content: Uint8Array): string =>
  `local:import/nixops4.shop.nixos-${hashOf(content).slice(0, 16)}.qcow2`;
const gib = 1024 ** 3;
const rights = [...imageRights("local"), ...imageRights("local2")];

describeProxmox("an image", { rights }, (suite) => {
  let folder: ImageFolder;
  beforeAll(async () => {
    folder = await ImageFolder.make();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const one = new Uint8Array(qcow2(gib, { note: "one" }));
  const other = new Uint8Array(qcow2(2 * gib, { note: "other" }));
  const apply = async (content: Uint8Array, inputs: object = {}) => {
    const file = await folder.write("image", content);
    return await suite().deployment.create("image", {
      name: "nixos",
      file,
      storage: "local",
      nodes: ["pve1"],
      ...inputs,
    });
  };
  const images = async () => (await contentsOf(suite().server)).images;

  /** What a person does in Proxmox's page. */
  async function uploadByHand(fileName: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
    const { connection, account } = suite().backend;
    const form = new FormData();
    form.append("content", "import");
    form.append("filename", new Blob([content]), fileName);
    const answer = await fetch(`${String(connection["url"])}/api2/json/nodes/pve1/storage/local/upload`, {
      method: "POST",
      headers: { Authorization: `PVEAPIToken=${account.token}` },
      body: form,
    });
    expect(answer.status).toBe(200);
  }

  test("is uploaded once, and its outputs tell the volume and the size of the disk", async () => {
    expect(await apply(one)).toMatchObject({
      outcome: "created",
      outputs: { volume: volumeOf(one), sha256: hashOf(one), virtualSizeBytes: gib },
    });
    expect((await apply(one)).outcome).toBe("unchanged");
    expect(await images()).toEqual([{ node: "pve1", volid: volumeOf(one), size: one.length }]);
  });

  test("another content is another volume, and a destroy deletes both, without the file", async () => {
    await apply(one);
    expect(await apply(other)).toMatchObject({ outcome: "created", outputs: { virtualSizeBytes: 2 * gib } });
    expect((await images()).map(({ volid }) => volid).toSorted()).toEqual([volumeOf(one), volumeOf(other)].toSorted());
    const gone = { name: "nixos", file: "/nowhere/gone", storage: "local", nodes: ["pve1"] };
    expect((await suite().deployment.destroy("image", gone)).outcome).toBe("deleted");
    expect(await images()).toEqual([]);
  });

  test("another deployment's image of the name is another volume, which a destroy keeps", async () => {
    await apply(one, { managedBy: "bank" });
    await apply(one);
    const inputs = { name: "nixos", file: "/nowhere", storage: "local", nodes: ["pve1"] };
    await suite().deployment.destroy("image", inputs);
    expect((await images()).map(({ volid }) => volid)).toEqual([volumeOf(one).replace("shop", "bank")]);
  });

  test("a node that is added gets a copy, and one that is removed keeps its own", async () => {
    await apply(one);
    expect((await apply(one, { nodes: ["pve1", "pve2"] })).outcome).toBe("updated");
    expect((await images()).map(({ node }) => node).toSorted()).toEqual(["pve1", "pve2"]);
    expect((await apply(one, { nodes: ["pve2"] })).outcome).toBe("unchanged");
    expect(await images()).toHaveLength(2);
  });

  test("a copy that was cut off is uploaded again", async () => {
    const { outputs } = await apply(one);
    expect(outputs["volume"]).toBe(volumeOf(one));
    // The same name with another size, as a killed copy leaves it.
    await uploadByHand(volumeOf(one).replace("local:import/", ""), one.subarray(0, 8192));
    await expect.poll(images).toMatchObject([{ size: 8192 }]);
    expect((await apply(one)).outcome).toBe("created");
    expect(await images()).toEqual([{ node: "pve1", volid: volumeOf(one), size: one.length }]);
  });

  test("a storage without the content type `import` is rejected before the first byte, with the command that adds it", async () => {
    const { error } = await apply(one, { storage: "local2" });
    expect(error).toContain(
      "[proxmox.storage.unusable] Unable to read image nixos: the storage local2 does not have the content type import",
    );
    expect(error).toMatch(/pvesm set local2 --content [a-z,]*images[a-z,]*,import/);
    expect(await suite().server.log()).not.toContain("/local2/upload");
  });

  test("an unknown storage or node is rejected", async () => {
    expect((await apply(one, { storage: "nowhere" })).error).toMatch(
      /\[proxmox\.(storage\.unusable|permission\.denied)\]/,
    );
    expect((await apply(one, { nodes: ["pve9"] })).error).toContain("pve9");
  });

  test.each([
    ["a backup of Proxmox", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), "vma.zst"],
    ["compressed", Buffer.from([0x1f, 0x8b, 0, 0]), "gzip"],
    ["a qcow2 with a backing file", qcow2(gib, { backingFile: true }), "backing file"],
    ["text", Buffer.from("hello"), "neither qcow2"],
  ])("a file that is %s is rejected with the image to build", async (_what, content, words) => {
    const { error } = await apply(content);
    expect(error).toContain("[proxmox.image.invalid]");
    expect(error).toContain(words);
    expect(error).toContain("config.system.build.images.qemu");
    expect(await images()).toEqual([]);
  });

  test("a wrong `sha256` is rejected by the server, and no volume is left", async () => {
    const { error } = await apply(one, { sha256: "0".repeat(64) });
    expect(error).toContain("[proxmox.task.failed]");
    expect(error).toContain("checksum mismatch");
    expect(await images()).toEqual([]);
  });

  test("a tenant's token cannot upload, and its error has privilege and path", async () => {
    const { deployment } = await suite().as("tenant", [{ path: "/storage/local", privileges: ["Datastore.Audit"] }]);
    const file = await folder.write("image", one);
    const { error } = await deployment.create("image", { name: "nixos", file, storage: "local", nodes: ["pve1"] });
    expect(error).toContain("[proxmox.permission.denied]");
    expect(error).toContain("Datastore.AllocateTemplate");
  });
});
