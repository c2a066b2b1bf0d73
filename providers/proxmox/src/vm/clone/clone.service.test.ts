import { whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { beforeEach, expect, test } from "vitest";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { describeMachines, type MachineSuite } from "../../testing/machine-suite.ts";
import { machinesOf, perform, removeMachines, type Machine } from "../../testing/machines.ts";
import { clonesOf, provideTemplate, templateId, templateRights } from "../../testing/templates.ts";
import { Identity } from "../identity/identity.ts";

const identity = new Identity({ managedBy: "shop", name: "clone" });
const source = (full: boolean) => ({ template: { vmid: templateId, full } });

describeMachines(
  "a VM from a template",
  (suite) => {
    const template = async (): Promise<Machine | undefined> =>
      (await machinesOf(suite().server)).find(({ vmid }) => vmid === templateId);
    const clone = async (): Promise<Machine> => {
      const [found, ...others] = await clonesOf(suite().server);
      if (found === undefined || others.length > 0) throw new Error(`There are ${others.length + 1} clones, or none.`);
      return found;
    };
    /** Inputs of a full clone of the template. */
    const inputs = ({ imaged, server }: MachineSuite = suite()): Message => ({
      ...imaged,
      name: "clone",
      source: source(true),
      nics: { net0: { bridge: server.bridge } },
    });
    const apply = (change: Message = {}) => suite().tenant.create("vm", { ...inputs(), ...change });
    const destroy = (change: Message = {}) => suite().tenant.destroy("vm", { ...inputs(), ...change });

    const onStorages = (first: string, second: string): Message => ({
      ...inputs(),
      disks: { virtio0: { storage: first, sizeGib: 2 }, virtio1: { storage: second, sizeGib: 1 } },
    });

    beforeEach(() => provideTemplate(suite().server));

    test("keeps what the inputs do not declare, and has our UUID, MAC address and mark; no later apply writes", async () => {
      const { server, backend } = suite();
      const before = await template();
      const { error, outcome, outputs } = await apply({ tags: ["shop"], serial: false });
      expect(error).toBeUndefined();
      expect(outcome).toBe("created");
      const { vmid, pool, config, power } = await clone();
      expect(outputs).toMatchObject({ vmid, uuid: identity.uuid, macs: { net0: identity.macOf("net0") } });
      expect({ pool, power }).toEqual({ pool: "shop", power: "stopped" });
      expect(config).toMatchObject({
        name: "clone",
        tags: `golden;${identity.tag};shop`,
        memory: "1024",
        cpu: "x86-64-v3",
        boot: "order=virtio0",
        smbios1: `uuid=${identity.uuid}`,
        ciuser: "debian",
        ipconfig0: "ip=dhcp",
        ide2: expect.stringMatching(`vm-${vmid}-cloudinit`),
        net0: expect.stringContaining(identity.macOf("net0")),
      });
      expect(config["description"]).toMatch(/^Golden image\n/);
      expect(config["description"]).toContain(`"template":${templateId}}`);
      expect(await template()).toEqual(before);
      const writes = await backend.writes();
      expect((await apply({ tags: ["shop"], serial: false })).outcome).toBe("unchanged");
      expect(await backend.writes()).toEqual(writes);
      expect((await destroy()).outcome).toBe("deleted");
      expect((await machinesOf(server)).map((one) => one.vmid)).toEqual([templateId]);
    });

    test("has cloud-init, new and larger disks as declared, and boots with these settings", async () => {
      const { server } = suite();
      const disk = { storage: server.storage, sizeGib: 3 };
      const { error, outputs } = await apply({
        disks: { virtio0: { ...disk, cache: "writeback" }, virtio1: disk },
        cloudInit: {
          storage: server.storage,
          user: "ops",
          addresses: { net0: { ipv4: "192.0.2.5/24" } },
          dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
        },
        power: "running",
      });
      expect(error).toBeUndefined();
      expect(outputs).toMatchObject({
        cloudInitPending: false,
        ipv4: { net0: ["192.0.2.5"] },
        rebootRequired: [],
        unusedDisks: [],
      });
      const { config, power } = await clone();
      expect(power).toBe("running");
      expect(config["virtio0"]).toMatch(/cache=writeback.*size=3G/);
      expect(config["virtio1"]).toContain("size=3G");
    });

    test("is linked with `full = false`, and its disks stay on the storage of the template", async () => {
      const { server } = suite();
      expect((await apply({ source: source(false) })).error).toBeUndefined();
      expect((await clone()).config["virtio0"]).toContain(`base-${templateId}-disk-0`);
      const other = { virtio0: { storage: server.otherStorage, sizeGib: 2 } };
      const { error } = await apply({ name: "db", source: source(false), disks: other });
      expect(error).toContain("[proxmox.template.unusable]");
      expect(error).toContain("source.template.full = true");
      expect((await destroy()).outcome).toBe("deleted");
    });

    test("a change of the template or of `full` applies to new VMs only, and is reported", async () => {
      await apply();
      const { outcome, said } = await apply({ source: { template: { vmid: 9001 } } });
      expect(outcome).toBe("unchanged");
      expect(said).toContain(`was created from the template ${templateId}, and keeps its disks`);
      const linked = await apply({ source: source(false) });
      expect(linked.outcome).toBe("unchanged");
      expect(linked.said).not.toContain("was created from");
    });

    test.each<[string, Message, string]>([
      ["a smaller disk", { disks: { virtio0: { storage: "local", sizeGib: 1 } } }, "[proxmox.disk.shrinks]"],
      ["a disk that is left out", { disks: {} }, 'Declare `disks.virtio0 = { storage = "local"; sizeGib = 2; }`'],
      [
        "a slot that another drive has",
        { disks: { virtio0: { storage: "local", sizeGib: 2 }, ide2: { storage: "local", sizeGib: 2 } } },
        "the slot ide2 has local:9000/vm-9000-cloudinit",
      ],
      ["another node", { nodes: ["pve2"] }, "Add pve1 to `nodes`"],
      [
        "a template that the token does not see",
        { source: { template: { vmid: 9001 } } },
        "[proxmox.template.missing]",
      ],
    ])("%s is rejected before any call", async (_what, change, words) => {
      const { backend } = suite();
      const before = await backend.writes();
      expect((await apply(change)).error).toContain(words);
      expect(await backend.writes()).toEqual(before);
    });

    test("all disks go to the one storage that `disks` has", async () => {
      const { operator, server } = suite();
      const [here, there] = [server.storage, server.otherStorage];
      await removeMachines(server);
      await provideTemplate(server, { virtio1: `${here}:1` });
      const split = await operator.create("vm", onStorages(here, there));
      expect(split.error).toContain(`to one storage, and \`disks\` has ${here}, ${there}`);
      expect((await operator.create("vm", onStorages(there, there))).error).toBeUndefined();
      const { config } = await clone();
      expect([config["virtio0"], config["virtio1"]]).toEqual([
        expect.stringMatching(`^${there}:`),
        expect.stringMatching(`^${there}:`),
      ]);
    });

    test.runIf(whatAnswers === "the emulator")("is made on another node if the nodes share the storages", async () => {
      const { operator, server } = suite();
      await removeMachines(server);
      const shared = { storage: "nfs", type: "dir", path: "/mnt/nfs", content: "images", shared: 1 };
      await server.call("POST", "/storage", shared);
      try {
        await provideTemplate(server, { virtio0: "nfs:2", ide2: "nfs:cloudinit" });
        const disks = { virtio0: { storage: "nfs", sizeGib: 2 } };
        const { error, outputs } = await operator.create("vm", { ...inputs(), nodes: ["pve2"], disks });
        expect(error).toBeUndefined();
        expect(outputs["node"]).toBe("pve2");
      } finally {
        await removeMachines(server);
        await server.call("DELETE", "/storage/nfs");
      }
    });

    test("a VM that is no template is rejected", async () => {
      const { operator, server } = suite();
      await perform(server, "POST", `/nodes/${server.nodes[0]}/qemu`, { vmid: 9001, virtio0: `${server.storage}:1` });
      const { error } = await operator.create("vm", { ...inputs(), source: { template: { vmid: 9001 } } });
      expect(error).toContain("[proxmox.template.unusable]");
      expect(error).toContain("qm template 9001");
    });

    test("without VM.Clone on the template, the error names privilege and path", async () => {
      const { as, server } = suite();
      const blind = await as("reader", [{ path: `/vms/${templateId}`, privileges: ["VM.Audit"] }]);
      const { error } = await blind.create("vm", inputs());
      expect(error).toContain(`VM.Clone on the path /vms/${templateId}`);
      expect(await clonesOf(server)).toEqual([]);
    });
  },
  templateRights(templateId),
);
