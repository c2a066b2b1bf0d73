import { expect, test } from "vitest";
import { GuestConfig } from "../config/guest-config.ts";
import { cloudInitParameters, instanceOf, seenCloudInit } from "./parameters.ts";
import { isCloudInitPending } from "./pending.ts";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ops@example";
const wanted = {
  storage: "local",
  user: "ops",
  sshKeys: [key],
  addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1", ipv6: "auto", gateway6: null } },
  dns: { servers: ["192.0.2.53", "2001:db8::53"], searchDomain: "example.org" },
};
const drive = { ide2: "local:100/vm-100-cloudinit.qcow2,media=cdrom" };

test("the inputs come back from their parameters", () => {
  const parameters = cloudInitParameters(wanted);
  expect(parameters).toEqual({
    ciupgrade: 0,
    ciuser: "ops",
    sshkeys: encodeURIComponent(key),
    nameserver: "192.0.2.53 2001:db8::53",
    searchdomain: "example.org",
    ipconfig0: "ip=192.0.2.5/24,gw=192.0.2.1,ip6=auto",
  });
  expect(seenCloudInit(wanted, new GuestConfig({ ...parameters, ...drive }))).toEqual(wanted);
  expect(seenCloudInit(wanted, new GuestConfig(parameters))).toEqual({ ...wanted, storage: "" });
  expect(seenCloudInit(null, new GuestConfig(parameters))).toBeNull();
});

test("the instance changes with what the guest sees of cloud-init, and with nothing else", () => {
  const base = { ...cloudInitParameters(wanted), name: "web", net0: "virtio=BC:24:11:00:00:01,bridge=vmbr0", cores: 1 };
  const of = (change: object) => instanceOf(new GuestConfig({ ...base, ...change }));
  const others = [
    { name: "www" },
    { ciuser: "root" },
    { ipconfig0: "ip=dhcp" },
    { nameserver: "192.0.2.54" },
    { net0: "virtio=BC:24:11:00:00:02,bridge=vmbr0" },
    { ciupgrade: 1 },
  ];
  for (const change of others) expect(of(change), JSON.stringify(change)).not.toBe(of({}));
  for (const change of [
    { cores: 2 },
    { net0: "e1000=BC:24:11:00:00:01,bridge=vmbr1" },
    { net1: "virtio=BC:24:11:00:00:03" },
  ]) {
    expect(of(change), JSON.stringify(change)).toBe(of({}));
  }
});

test("settings are pending until a boot after their change", () => {
  const config = new GuestConfig({ name: "web" });
  const facts = { name: "web", uuid: "", vmid: 100, tags: [], extra: [], image: undefined, destroying: false };
  const now = Math.floor(Date.now() / 1000);
  const isPending = (cloudInit: { id: string; changedAt?: number }, uptimeSeconds: number, isRunning = true) =>
    isCloudInitPending({ ...facts, cloudInit }, config, { isRunning, uptimeSeconds, ha: undefined, isKeptOn: true });
  expect(isPending({ id: instanceOf(config) }, 100)).toBe(false);
  expect(isPending({ id: "other", changedAt: now - 50 }, 100)).toBe(true);
  expect(isPending({ id: "other", changedAt: now - 50 }, 10)).toBe(false);
  expect(isPending({ id: "other" }, 10)).toBe(true);
  expect(isPending({ id: "other" }, 0, false)).toBe(false);
});
