import { whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { firewallOn, firewallPath, guestOf, type FirewallContents } from "../testing/firewalls.ts";
import { describeMachines, type MachineSuite } from "../testing/machine-suite.ts";
import { perform } from "../testing/machines.ts";
import { firewallRights, vmRights } from "../testing/rights.ts";

const vmid = 200_300;
const isEmulated = whatAnswers === "the emulator";
const ssh = { action: "ACCEPT", proto: "tcp", dport: "22" };
const web = { action: "ACCEPT", proto: "tcp", dport: "80,443", comment: "Web" };

describeMachines("the firewall of a VM", (suite) => {
  const card = () => ({ net0: { bridge: suite().server.bridge, firewall: true } });
  const applyVm = (inputs: Message = {}) => suite().apply({ vmid, nics: card(), ...inputs });
  const inputsOf = (inputs: Message): Message => ({ name: "fw", vmid, rules: [ssh, web], ...inputs });
  const apply = (inputs: Message = {}, by: MachineSuite["tenant"] = suite().tenant) =>
    by.create("firewall", inputsOf(inputs));
  const destroy = (inputs: Message = {}) => suite().tenant.destroy("firewall", inputsOf(inputs));
  const path = (node = suite().server.nodes[0] ?? "") => firewallPath(node, vmid);
  const call: MachineSuite["call"] = (method, at, parameters) => suite().call(method, `${path()}${at}`, parameters);
  const contents = (): Promise<FirewallContents> => firewallOn(suite().server, path());
  const rules = async () => (await contents()).rules.map(({ action, dport, comment }) => [action, dport, comment]);

  /** The writes of some work, without time and address. */
  async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
    const before = (await suite().server.log()).length;
    await work();
    const lines = (await suite().server.log()).slice(before).split("\n");
    return lines.flatMap((line) => {
      const [, method, at] = / (POST|PUT|DELETE) (?:\/api2\/json)?\S*\/firewall(\S*)/.exec(line) ?? [];
      return method === undefined || at === undefined ? [] : [`${method} ${at.replace(/\?.*/, "")}`];
    });
  }

  // A real server has no log of calls.
  test.runIf(isEmulated)("is switched on after all rules are there, and off before the first one goes", async () => {
    await applyVm();
    const spoofing = { antiSpoofing: { net0: ["192.0.2.5", "2001:db8::5"] } };
    expect(await writesOf(() => apply(spoofing))).toEqual([
      "POST /ipset",
      "POST /ipset",
      "POST /ipset/nixops4-ipfilter-net0",
      "POST /ipset/nixops4-ipfilter-net0",
      "POST /ipset",
      "POST /rules",
      "POST /rules",
      "PUT /options",
    ]);
    expect(await rules()).toEqual([
      ["ACCEPT", "22", "[nixops4]"],
      ["ACCEPT", "80,443", "Web [nixops4]"],
    ]);
    expect((await contents()).options).toMatchObject({ enable: 1, policy_in: "DROP", policy_out: "ACCEPT", dhcp: 1 });
    expect(Object.keys((await contents()).sets)).toEqual(["ipfilter-net0", "nixops4"]);
    const gone = await writesOf(() => destroy(spoofing));
    expect(gone[0]).toBe("PUT /options");
    expect(gone.at(-1)).toBe("DELETE /ipset/nixops4");
    expect(await contents()).toEqual({ options: {}, rules: [], sets: {}, aliases: [] });
  });

  test("keeps rules, sets and aliases of others, and reports the rules", async () => {
    await applyVm();
    await apply();
    await call("POST", "/rules", { type: "out", action: "DROP", enable: 1, comment: "By hand" });
    await call("PUT", "/rules/0", { moveto: 3 });
    await call("POST", "/ipset", { name: "theirs" });
    await call("POST", "/aliases", { name: "Theirs", cidr: "192.0.2.9" });
    const found = await apply();
    expect([found.outcome, found.outputs["otherRules"]]).toEqual(["unchanged", ["OUT DROP # By hand"]]);
    expect((await apply({ rules: [web, ssh], ipsets: { ours: [] } })).outcome).toBe("updated");
    expect(await rules()).toEqual([
      ["ACCEPT", "80,443", "Web [nixops4]"],
      ["ACCEPT", "22", "[nixops4]"],
      ["DROP", undefined, "By hand"],
    ]);
    expect((await destroy()).outcome).toBe("deleted");
    expect(await rules()).toEqual([["DROP", undefined, "By hand"]]);
    expect(Object.keys((await contents()).sets)).toEqual(["theirs"]);
    expect((await contents()).aliases).toHaveLength(1);
  });

  test("of a VM of another deployment, or of nobody, is refused unless `vmManagedBy` names the deployment", async () => {
    const { server, operator, backend } = suite();
    for (const owner of [undefined, "bank"]) {
      await perform(server, "POST", `/nodes/${server.nodes[0]}/qemu`, guestOf(owner, vmid));
      const before = await backend.writes();
      const { error } = await apply();
      expect(error).toContain("[proxmox.firewall.otherVm]");
      expect(error).toContain(owner === undefined ? "adopt = true" : 'vmManagedBy = "bank"');
      expect((await destroy()).outcome).toBe("unchanged");
      expect(await backend.writes()).toEqual(before);
      if (owner === undefined) await perform(server, "DELETE", `/nodes/${server.nodes[0]}/qemu/${vmid}`);
    }
    expect((await apply({ vmManagedBy: "bank" }, operator)).outcome).toBe("created");
    expect((await apply({ vmManagedBy: "bank" }, operator)).outcome).toBe("unchanged");
  });

  test("is managed by one resource: a second one is refused, and its destroy changes nothing", async () => {
    await applyVm();
    await apply();
    const before = await suite().backend.writes();
    const second = await apply({ name: "other", rules: [] });
    expect(second.error).toContain("[proxmox.firewall.second]");
    expect(second.error).toContain("the resource fw of this deployment");
    expect((await destroy({ name: "other" })).outcome).toBe("unchanged");
    expect(await suite().backend.writes()).toEqual(before);
  });

  test("goes with its VM, and needs one", async () => {
    await applyVm();
    await apply();
    await suite().destroy({ vmid, nics: card() });
    expect((await destroy()).outcome).toBe("unchanged");
    expect((await apply()).error).toContain("[proxmox.firewall.vmMissing]");
    await applyVm();
    expect(await contents()).toEqual({ options: {}, rules: [], sets: {}, aliases: [] });
    const blind = await suite().as("blind", firewallRights("bank"));
    const { error } = await apply({}, blind);
    expect(error).toContain("[proxmox.permission.denied]");
    expect(error).toContain(`does not see a VM ${vmid}`);
    const reading = await suite().as("reading", [{ path: "/pool/shop", privileges: ["VM.Audit"] }]);
    expect((await apply({}, reading)).error).toContain(`/vms/${vmid}, VM.Config.Network`);
  });

  test("is found on the node to which the VM moved", async () => {
    const [, other = ""] = suite().server.nodes;
    await applyVm();
    await apply();
    await suite().server.fault({ fault: "move", vmid, node: other });
    expect((await apply({ policyIn: "REJECT" })).outcome).toBe("updated");
    expect((await firewallOn(suite().server, path(other))).options["policy_in"]).toBe("REJECT");
  });

  test("a declaration without effect is a warning", async () => {
    await applyVm({ nics: { net0: { bridge: suite().server.bridge } } });
    const { said, outputs } = await apply({ antiSpoofing: { net1: ["192.0.2.5"] } });
    expect(said).toContain("does not filter net0 of the VM");
    expect(said).toContain("`antiSpoofing` names net1, which the VM");
    expect(said).not.toContain("the firewall of the cluster is off");
    expect(outputs["unfilteredCards"]).toEqual(["net0"]);
    await applyVm();
    const audit = await suite().as("audit", [...firewallRights("shop"), { path: "/", privileges: ["Sys.Audit"] }]);
    const changed = await apply({ enable: false }, audit).then(() => apply({}, audit));
    expect(changed.said).toContain("the firewall of the cluster is off");
    expect(changed.said).not.toContain("does not filter");
  });

  test("that a clone has from its template is not ours before it is adopted", async () => {
    await applyVm();
    const mark = { v: 1, managedBy: "shop", type: "firewall", name: "template", vmid: 9000 };
    await call("POST", "/ipset", { name: "nixops4", comment: `nixops4:${JSON.stringify(mark)}` });
    await call("POST", "/rules", { type: "in", action: "ACCEPT", comment: "Open [nixops4]", enable: 1 });
    expect((await apply()).error).toContain("[protocol.ownership.unmarked]");
    expect((await apply({ adopt: true })).outcome).toBe("adopted");
    expect((await apply()).outcome).toBe("unchanged");
    expect(await rules()).toEqual([
      ["ACCEPT", "22", "[nixops4]"],
      ["ACCEPT", "80,443", "Web [nixops4]"],
    ]);
  });

  test("an adoption takes over what is exactly as declared, and keeps the rest", async () => {
    await applyVm();
    for (const rule of [{ ...ssh, dport: "23" }, web, ssh])
      await call("POST", "/rules", { type: "in", enable: 1, ...rule });
    await call("POST", "/ipset", { name: "office", comment: "Ours" });
    const ipsets = { office: [{ cidr: "192.0.2.0/28" }] };
    expect((await apply({ ipsets, adopt: true })).outcome).toBe("adopted");
    expect(await rules()).toEqual([
      ["ACCEPT", "22", "[nixops4]"],
      ["ACCEPT", "80,443", "Web [nixops4]"],
      ["ACCEPT", "23", undefined],
    ]);
    expect((await contents()).sets["office"]).toEqual({
      comment: "Ours [nixops4]",
      entries: [{ cidr: "192.0.2.0/28" }],
    });
    expect((await destroy({ ipsets })).outcome).toBe("retained");
    expect(Object.keys((await contents()).sets)).toEqual(["office"]);
  });

  test("a name that somebody else uses is refused before any write", async () => {
    await applyVm();
    await apply();
    await call("POST", "/ipset", { name: "office" });
    const before = await suite().backend.writes();
    const { error } = await apply({ ipsets: { office: [] } });
    expect(error).toContain("[proxmox.firewall.nameTaken]");
    expect(error).toContain("has office already");
    expect(await suite().backend.writes()).toEqual(before);
  });

  test("a rejected rule is named, and the firewall stays off until it is corrected", async () => {
    await applyVm();
    const { error } = await apply({ rules: [ssh, { action: "ACCEPT", source: "+nosuch" }] });
    expect(error).toContain("`rules.1.source`: no such ipset 'nosuch'");
    expect((await contents()).options).toEqual({});
    expect((await apply()).outcome).toBe("updated");
    expect(await rules()).toHaveLength(2);
  });

  test("a change of others in between is met by another look, and a lost answer too", async () => {
    await applyVm();
    await apply();
    const at = `${path()}/rules/0$`;
    await suite().server.fault({ fault: "delay", method: "PUT", path: at, when: "instead", milliseconds: 2000 });
    const ours = apply({ rules: [{ ...ssh, dport: "2222" }, web] });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await call("POST", "/rules", { type: "out", action: "DROP", enable: 1, comment: "By hand" });
    expect((await ours).outcome).toBe("updated");
    for (const when of ["instead", "afterwards"] as const) {
      const lost = { fault: "answer", method: "POST", path: "/rules$", when, status: 596, reason: "lost" } as const;
      await suite().server.fault(lost);
      const more = when === "instead" ? [ssh] : [ssh, { ...ssh, dport: "24" }];
      expect((await apply({ rules: [{ ...ssh, dport: "2222" }, web, ...more] })).error).toBeUndefined();
    }
    expect((await rules()).map(([, dport]) => dport)).toEqual([undefined, "2222", "80,443", "22", "24"]);
  });

  test("a set that is renamed between the list and its entries is met by another look", async () => {
    await applyVm();
    await apply({ ipsets: { office: [] } });
    const at = `${path()}/ipset/office$`;
    await suite().server.fault({ fault: "delay", method: "GET", path: at, when: "instead", milliseconds: 1500 });
    const ours = apply({ ipsets: { office: [] } });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await call("POST", "/ipset", { name: "bureau", rename: "office", comment: "[nixops4]" });
    expect(await ours).toMatchObject({ error: undefined, outcome: "updated" });
    expect(Object.keys((await contents()).sets).toSorted()).toEqual(["nixops4", "office"]);
  });

  test.each<[string, Message]>([
    ["host bits", { antiSpoofing: { net0: ["192.0.2.5/24"] } }],
    ["the same network twice", { antiSpoofing: { net0: ["2001:db8::5", "2001:DB8:0::5"] } }],
    ["a set with a name of ours", { ipsets: { "ipfilter-net0": [] } }],
    ["ports without a protocol", { rules: [{ action: "ACCEPT", dport: "22" }] }],
    ["a comment of two lines", { rules: [{ ...ssh, comment: "a\nb" }] }],
    ["our tag in a comment", { rules: [{ ...ssh, comment: "a [nixops4]" }] }],
    ["a group with a source", { rules: [{ type: "group", action: "web", source: "192.0.2.1" }] }],
  ])("rejects %s", async (_, inputs) => {
    expect((await apply(inputs)).error).toContain("[protocol.inputs.invalid]");
  });

  test.runIf(isEmulated)("makes few calls", async () => {
    const { server, backend } = suite();
    await applyVm();
    const callsOf = async () =>
      (await server.log()).split("\n").filter((line) => line.includes(backend.inner.account.tokenId)).length;
    const countOf = async (work: () => Promise<{ outcome?: string | undefined }>): Promise<[string, number]> => {
      const before = await callsOf();
      const { outcome = "none" } = await work();
      return [outcome, (await callsOf()) - before];
    };
    const counts = [
      await countOf(() => apply()),
      await countOf(() => apply()),
      await countOf(() => apply({ policyIn: "REJECT" })),
      await countOf(() => apply({ policyIn: "REJECT", rules: [web, ssh] })),
      await countOf(() => destroy()),
    ];
    expect(counts).toEqual([
      ["created", 24],
      ["unchanged", 6],
      ["updated", 17],
      ["updated", 19],
      ["deleted", 25],
    ]);
    expect(vmRights("shop", "local", "vmbr0")[0]?.privileges).toEqual(
      expect.arrayContaining([...(firewallRights("shop")[0]?.privileges ?? [])]),
    );
  });
});
