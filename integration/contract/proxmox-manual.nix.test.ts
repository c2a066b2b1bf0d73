import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProxmox } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { vmRights } from "@nixops4-resources/proxmox/src/testing/rights.ts";
import { makePerson } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deploymentsIn, evaluator, readPage } from "./manual.ts";

const main = join(import.meta.dirname, "../../providers/proxmox/dist/main.cjs");
const [tenant = "", image = "", vm = "", firewall = ""] = deploymentsIn(await readPage("proxmox.md"));
const evaluateMember = await evaluator();

describe("docs/proxmox.md", () => {
  const server = serverOf(startProxmox);
  const opened = new AsyncDisposableStack();
  let folder: string;
  let store: Message;
  let operator: Deployment;
  let shop: Deployment;
  let volume: unknown;
  let web: Message;

  const connectionWith = (token: unknown): Message => {
    const { url, caFile } = server();
    return { url, token, tls: { caFile } };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-proxmox-manual-"));
    opened.defer(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o700);
    const { identity } = opened.use(await makePerson());
    store = { directory: { folder, identity } };
    operator = new Deployment(main, connectionWith({ file: server().tokenFile }));
  });
  afterAll(() => opened.disposeAsync());

  test("has an example for a tenant that can be applied, and whose token sees its own pool only", async () => {
    const members = {
      shop_pool: "pool",
      tenant_role: "role",
      storage_role: "role",
      network_role: "role",
      shop_user: "user",
      shop_token: "token",
      shop_on_pool: "acl",
      shop_on_storage: "acl",
      shop_on_bridge: "acl",
    };
    const outputs: Record<string, Message> = {};
    for (const [member, type] of Object.entries(members)) {
      const declared = await evaluateMember(tenant, member, outputs);
      const inputs = type === "token" ? { ...declared, store } : declared;
      const created = await operator.create(type, inputs);
      expect([member, created.error, created.outcome]).toEqual([member, undefined, "created"]);
      expect((await operator.create(type, inputs)).outcome, member).toBe("unchanged");
      outputs[member] = created.outputs;
    }
    await operator.create("pool", { name: "bank" });
    shop = new Deployment(main, connectionWith(outputs["shop_token"]?.["secret"]));
    const { body } = await shop.list("pool");
    expect(JSON.stringify(body)).toContain('"shop"');
    expect(JSON.stringify(body)).not.toContain('"bank"');
    expect((await shop.create("pool", { name: "mine" })).error).toContain("[proxmox.permission.denied]");
  });

  test("has an example for an image that can be applied", async () => {
    const file = join(folder, "image.raw");
    const disk = Buffer.alloc(4096);
    // The signature of a partition table.
    disk.writeUInt16LE(0xaa55, 510);
    await writeFile(file, disk);
    const declared = await evaluateMember(image, "nixos", {});
    const created = await operator.create("image", { ...declared, file });
    expect([created.error, created.outcome]).toEqual([undefined, "created"]);
    expect(created.outputs).toMatchObject({ virtualSizeBytes: 4096 });
    volume = created.outputs["volume"];
  });

  test("gives the tenant the rights that the tests of a VM run with, and no others", async () => {
    const rights = [];
    for (const [entry, role] of [
      ["shop_on_pool", "tenant_role"],
      ["shop_on_storage", "storage_role"],
      ["shop_on_bridge", "network_role"],
    ] as const) {
      const { privileges } = await evaluateMember(tenant, role, {});
      const references = { shop_pool: { poolId: "shop" }, [role]: { roleId: role }, shop_token: { tokenId: "shop" } };
      const { path } = await evaluateMember(tenant, entry, references);
      rights.push({ path, privileges: new Set(Array.isArray(privileges) ? privileges : []) });
    }
    const tested = vmRights("shop", "local", "vmbr0");
    expect(rights).toEqual(tested.map(({ path, privileges }) => ({ path, privileges: new Set(privileges) })));
  });

  test("has an example for a VM that the tenant can apply, with the host key that its agent tells", async () => {
    const inputs = { ...(await evaluateMember(vm, "web", {})), source: { image: { volume } } };
    const prepared = await shop.create("vm", { ...inputs, power: null });
    expect([prepared.error, prepared.outcome]).toEqual([undefined, "created"]);
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGuestGuestGuestGuestGuestGuestGuestGuestGu";
    const files = { "/etc/ssh/ssh_host_ed25519_key.pub": `${key} root@web\n` };
    const vmid = Number(prepared.outputs["vmid"]);
    await server().fault({ fault: "agent", vmid, agent: { interfaces: [], files } });
    const { error, outputs } = await shop.create("vm", inputs);
    expect(error).toBeUndefined();
    const file = await evaluateMember(vm, "db_password_file", { web: outputs, db_password: { ref: "a reference" } });
    expect(file["connection"]).toEqual({ ssh: { host: "192.0.2.5", user: "root", hostKey: key } });
    expect((await shop.create("vm", inputs)).outcome).toBe("unchanged");
    web = outputs;
  });

  test("has an example for a firewall that the tenant can apply", async () => {
    const declared = await evaluateMember(firewall, "web_firewall", { web });
    const created = await shop.create("firewall", declared);
    expect([created.error, created.outcome]).toEqual([undefined, "created"]);
    expect(created.outputs).toEqual({ otherRules: [], unfilteredCards: [] });
    expect((await shop.create("firewall", declared)).outcome).toBe("unchanged");
  });
});
