import { beforeEach, expect, test } from "vitest";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { describeMachines } from "../../testing/machine-suite.ts";
import { perform, volumesOf } from "../../testing/machines.ts";
import { clonesOf, provideTemplate, templateId, templateRights } from "../../testing/templates.ts";
import { Identity } from "../identity/identity.ts";

const { uuid, tag } = new Identity({ managedBy: "shop", name: "twin" });

// Kills, races and copies. The contract kills a clone before and after each call (clone-contract.service.test.ts).
describeMachines(
  "a clone that is disturbed",
  (suite) => {
    const inputs = (change: Message = {}): Message => ({
      ...suite().imaged,
      name: "twin",
      source: { template: { vmid: templateId } },
      ...change,
    });
    const apply = (change: Message = {}) => suite().tenant.create("vm", inputs(change));
    const clonePath = (vmid = templateId): string => `/nodes/${suite().server.nodes[0]}/qemu/${vmid}/clone`;

    beforeEach(() => provideTemplate(suite().server));

    test("a clone whose answer was lost is found by its task, waited for and continued", async () => {
      const { server } = suite();
      await server.fault({ fault: "slowTask", type: "qmclone", milliseconds: 3000 });
      const path = "/nodes/[^/]*/qemu/[0-9]+/clone";
      const lost = { fault: "answer", method: "POST", path, when: "afterwards", after: 1 } as const;
      await server.fault({ ...lost, status: 596, reason: "Connection timed out" });
      // A clone of others runs beside it.
      await server.call("POST", clonePath(), { newid: 5000 });
      await server.fault({ fault: "slowTask", type: "qmclone", milliseconds: 3000 });
      const { error, outputs } = await apply();
      expect(error).toBeUndefined();
      const found = (await clonesOf(server)).filter(({ vmid }) => vmid !== 5000);
      expect(found.map(({ vmid }) => vmid)).toEqual([outputs["vmid"]]);
      expect(found[0]?.config).toMatchObject({ smbios1: `uuid=${uuid}`, tags: `golden;${tag}` });
      expect((await apply()).outcome).toBe("unchanged");
    });

    test("a destroy waits for a clone that was killed while its task runs", async () => {
      const { server, tenant } = suite();
      await server.fault({ fault: "slowTask", type: "qmclone", milliseconds: 6000 });
      expect((await apply({ timeoutSeconds: 3 })).error).toContain("protocol.timeout");
      expect((await tenant.destroy("vm", inputs())).outcome).toBe("deleted");
      expect(await clonesOf(server)).toEqual([]);
    });

    test("a clone that was killed before it got our UUID is taken up again, and listed", async () => {
      const { server, tenant } = suite();
      await server.fault({ fault: "reset", method: "PUT", path: "/nodes/[^/]*/qemu/[0-9]+/config", when: "instead" });
      expect((await apply()).error).toBeDefined();
      const [fresh] = await clonesOf(server);
      expect(fresh?.config["smbios1"]).not.toContain(uuid);
      const { body } = await tenant.list("vm");
      expect(Object(body["resources"])).toMatchObject([{ label: "twin" }]);
      const planned = await tenant.plan("vm", inputs());
      expect(planned.error).toBeUndefined();
      const { outcome, said, outputs } = await apply();
      expect(outcome).toBe("updated");
      expect(said).not.toContain("is a copy of");
      expect(outputs).toMatchObject({ vmid: fresh?.vmid, uuid });
      expect((await apply()).outcome).toBe("unchanged");
      expect(await clonesOf(server)).toHaveLength(1);
    });

    test("a copy that people make of a clone, finished or not, is reported and never touched", async () => {
      const { server } = suite();
      await server.fault({ fault: "reset", method: "PUT", path: "/nodes/[^/]*/qemu/[0-9]+/config", when: "instead" });
      await apply();
      const [fresh] = await clonesOf(server);
      const copied = { pool: "shop", name: "twin", full: 1 };
      await perform(server, "POST", clonePath(fresh?.vmid), { newid: 5001, ...copied });
      expect(await apply()).toMatchObject({
        outcome: "updated",
        said: expect.stringContaining("VM 5001 is a copy of twin"),
      });
      await perform(server, "POST", clonePath(fresh?.vmid), { newid: 5002, ...copied });
      const copies = async () => (await clonesOf(server)).filter(({ vmid }) => vmid !== fresh?.vmid);
      const before = await copies();
      const { outcome, said } = await apply({ memoryMib: 512 });
      expect(outcome).toBe("updated");
      expect(said).toContain("VM 5002 is a copy of twin");
      expect(Object((await suite().tenant.list("vm")).body["resources"])).toHaveLength(1);
      expect(await copies()).toEqual(before);
    });

    test("a killed clone task leaves a lock that no token can clear, and the error has the command", async () => {
      const { server, operator } = suite();
      await server.fault({ fault: "killTask", type: "qmclone" });
      expect((await apply()).error).toContain("[proxmox.task.failed]");
      const [left] = await clonesOf(server);
      for (const { error } of [await apply(), await operator.create("vm", inputs())]) {
        expect(error).toContain("[proxmox.vm.leftLocked]");
        expect(error).toContain("with the lock clone");
        expect(error).toContain(`qm unlock ${left?.vmid} && qm destroy ${left?.vmid} --purge`);
      }
      expect(await clonesOf(server)).toHaveLength(1);
    });

    test("ids that VMs have on this and on another node are passed over", async () => {
      const { server } = suite();
      const vmidRange = { first: 2000, last: 2002 };
      const [first = 0, second = 0, third] = new Identity({ managedBy: "shop", name: "twin" }).vmids(vmidRange);
      await perform(server, "POST", `/nodes/${server.nodes[0]}/qemu`, { vmid: first });
      await perform(server, "POST", `/nodes/${server.nodes[1] ?? server.nodes[0]}/qemu`, { vmid: second });
      expect((await apply({ vmidRange })).outputs["vmid"]).toBe(third);
    });

    test("locks of the storage and of the template that time out are waited for", async () => {
      const { server } = suite();
      const text = "can't lock file '/var/lock/pve-manager/pve-storage-local' - got timeout";
      await server.fault({ fault: "taskError", type: "qmclone", text });
      await server.fault({ fault: "lockTimeout", vmid: templateId });
      expect((await apply()).error).toBeUndefined();
      expect(await clonesOf(server)).toHaveLength(1);
    });

    test("creates of one VM at once yield one VM, and ten clones and ten imports at once yield twenty", async () => {
      const { server, tenant, imaged } = suite();
      await server.fault({ fault: "copySpeed", mebibytesPerSecond: 4 });
      const same = await Promise.all([1, 2, 3].map(() => apply()));
      expect(same.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
      expect(new Set(same.map(({ outputs }) => outputs["vmid"])).size).toBe(1);
      const many = (change: Message): Message[] =>
        Array.from({ length: 20 }, (_, index) => ({
          ...(index % 2 === 0 ? inputs(change) : imaged),
          name: `many${index}`,
        }));
      const all = await Promise.all(many({}).map((one) => tenant.create("vm", one)));
      expect(all.map(({ outcome, error }) => error ?? outcome)).toEqual(all.map(() => "created"));
      expect(new Set(all.map(({ outputs }) => outputs["vmid"])).size).toBe(20);
      expect(all.some(({ said }) => said.includes("places at the storage local"))).toBe(true);
      const machines = await clonesOf(server);
      expect(machines).toHaveLength(21);
      expect(await volumesOf(server)).toHaveLength(1 + 1 + 2 * 11 + 10);
      const writes = await suite().backend.writes();
      const again = await Promise.all(many({}).map((one) => tenant.create("vm", one)));
      expect(again.map(({ outcome, error }) => error ?? outcome)).toEqual(again.map(() => "unchanged"));
      expect(await suite().backend.writes()).toEqual(writes);
    });

    test("the pool's quota counts clones, and not the template", async () => {
      const { call } = suite();
      await call("PUT", "/pools", { poolid: "shop", vms: templateId });
      const mark = JSON.stringify({ v: 1, managedBy: "ops", type: "pool", quota: { vms: 1, diskGib: 2 } });
      await call("PUT", "/pools", { poolid: "shop", comment: `nixops4:${mark}` });
      expect((await apply()).outcome).toBe("created");
      expect((await apply({ name: "db" })).error).toContain("[proxmox.quota.exceeded]");
    });
  },
  templateRights(templateId),
);
