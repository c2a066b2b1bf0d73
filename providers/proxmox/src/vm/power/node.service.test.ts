import type { Message } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { describeMachines } from "../../testing/machine-suite.ts";
import { machinesOf } from "../../testing/machines.ts";
import { Identity } from "../identity/identity.ts";

const quick = { fault: "haManager", milliseconds: 50 } as const;
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describeMachines("nodes that restart or are down, and the HA manager", (suite) => {
  /** A VM that the HA manager runs, started or to be started. */
  async function managed(inputs: Message = {}): Promise<number> {
    const { apply, machine, call, server } = suite();
    await apply(inputs);
    const { vmid } = await machine();
    await call("POST", "/cluster/ha/resources", { sid: `vm:${vmid}` });
    await server.fault(quick);
    return vmid;
  }
  const powerOf = async (): Promise<string> => (await suite().machine()).power;
  const untilPower = async (power: string): Promise<void> => {
    while ((await powerOf()) !== power) await pause(50);
  };

  test("a stopped VM stays off over a restart of its node, and one that is resumed starts with it", async () => {
    const { apply, server, machine } = suite();
    const [node = ""] = server.nodes;
    await apply({ power: "running" });
    await apply({ power: "stopped" });
    await server.fault({ fault: "rebootNode", node });
    expect(await powerOf()).toBe("stopped");
    expect((await apply({ power: "stopped" })).outcome).toBe("unchanged");
    await apply({ power: "running" });
    await server.fault({ fault: "rebootNode", node });
    const { power, config } = await machine();
    expect([power, config["onboot"]]).toEqual(["running", 1]);
    expect((await apply({ power: "running" })).outcome).toBe("unchanged");
  });

  test("under the HA manager, too, a stopped VM stays off until it is resumed", async () => {
    const { apply, server, call, tenant, small } = suite();
    const vmid = await managed({ power: "running" });
    expect((await apply({ power: "stopped" })).outcome).toBe("updated");
    expect(await powerOf()).toBe("stopped");
    expect(Object(await call("GET", `/cluster/ha/resources/vm:${vmid}`)).state).toBe("stopped");
    await server.fault({ fault: "rebootNode", node: server.nodes[0] ?? "" });
    await pause(300);
    expect(await powerOf()).toBe("stopped");
    expect((await tenant.plan("vm", { ...small, power: "stopped" })).body).toMatchObject({ differences: [] });
    expect((await apply({ power: "running" })).outcome).toBe("updated");
    expect(await powerOf()).toBe("running");
  });

  test("a VM that the HA manager is about to start counts as running", async () => {
    const { apply, server } = suite();
    await server.fault({ fault: "slowTask", type: "qmstart", milliseconds: 1500 });
    await managed();
    await pause(300);
    expect(await powerOf()).toBe("stopped");
    expect((await apply({ power: "stopped" })).outcome).toBe("updated");
    await pause(300);
    expect(await powerOf()).toBe("stopped");
  });

  test("a destroy waits until the HA manager has stopped the VM, and removes its resource", async () => {
    const { destroy, server, call } = suite();
    await managed({ power: "running" });
    await server.fault({ fault: "haManager", milliseconds: 400 });
    expect((await destroy()).outcome).toBe("deleted");
    expect(await machinesOf(server)).toEqual([]);
    expect(await call("GET", "/cluster/ha/resources")).toEqual([]);
  });

  test("an HA resource in error state is named, and nothing is stopped or started", async () => {
    const { apply, destroy, server, call } = suite();
    const vmid = await managed();
    await untilPower("running");
    await server.fault({ fault: "haError", vmid });
    const log = await server.log();
    for (const { error } of [await destroy(), await apply({ power: "stopped" })]) {
      expect(error).toContain("[proxmox.vm.locked]");
      expect(error).toContain(`its resource vm:${vmid} has the state error`);
      expect(error).toContain(`ha-manager set vm:${vmid} --state disabled`);
    }
    expect((await server.log()).slice(log.length)).not.toMatch(/status\/(shutdown|stop|start) /);
    expect(await powerOf()).toBe("running");
    await call("PUT", `/cluster/ha/resources/vm:${vmid}`, { state: "disabled" });
    await untilPower("stopped");
    expect((await destroy()).outcome).toBe("deleted");
  });

  test("a node that is down is passed over by a create, and named if there is no other", async () => {
    const { apply, imaged, server } = suite();
    const [first = "", second = ""] = server.nodes;
    const both = { nodes: [first, second] };
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    const [name, other] = names.filter(
      (one) => new Identity({ managedBy: "shop", name: one }).nodeOf(both.nodes) === second,
    );
    await server.fault({ fault: "node", node: second, isDown: true });
    for (const inputs of [
      { ...both, name },
      { ...imaged, ...both, name: other },
    ]) {
      const { error, outputs } = await apply(inputs);
      expect(error).toBeUndefined();
      expect(outputs["node"]).toBe(first);
    }
    for (const inputs of [{}, imaged]) {
      const { error } = await apply({ ...inputs, name: "alone", nodes: [second] });
      expect(error).toContain("[proxmox.node.unreachable]");
      expect(error).toContain(`the node ${second}`);
    }
    await server.fault({ fault: "node", node: second, isDown: false });
    expect(await machinesOf(server)).toHaveLength(2);
  });

  test("a VM on a node that is down is never missing, and does not keep others from being managed", async () => {
    const { apply, destroy, server, machine } = suite();
    const [first = "", second = ""] = server.nodes;
    await apply();
    await server.fault({ fault: "move", vmid: (await machine()).vmid, node: second });
    await server.fault({ fault: "node", node: second, isDown: true });
    for (const { error } of [await apply(), await apply({ memoryMib: 512 }), await destroy()]) {
      expect(error).toContain(`cannot reach the node ${second}: 595`);
    }
    const namesake = { name: "db", hostname: "web", nodes: [first] };
    expect((await apply(namesake)).error).toContain(`cannot reach the node ${second}: 595`);
    await server.fault({ fault: "node", node: second, isDown: false });
    expect((await apply(namesake)).outcome).toBe("created");
    await server.fault({ fault: "node", node: second, isDown: true });
    expect((await apply({ ...namesake, memoryMib: 512 })).outcome).toBe("updated");
    await server.fault({ fault: "node", node: second, isDown: false });
    expect((await apply()).outcome).toBe("unchanged");
  });
});
