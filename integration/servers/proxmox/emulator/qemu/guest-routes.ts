import { readConfig, readPending, readSnapshot } from "./config/read.ts";
import { Update } from "./config/update.ts";
import { moveDisk } from "./disks/move-disk.ts";
import { resizeDisk } from "./disks/resize.ts";
import type { Guest } from "./guest.ts";
import { cloneGuest } from "./lifecycle/clone.ts";
import { createGuest } from "./lifecycle/create.ts";
import { destroyGuest } from "./lifecycle/destroy.ts";
import { makeTemplate } from "./lifecycle/template.ts";
import { listedStatus, statusOf } from "./status.ts";
import { all, any, anyone, both, either, withParameter } from "../access/permission-rules.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import { Parameters } from "../http/parameters.ts";
import type { Call, Route } from "../http/route.ts";
import { failure } from "../refusal.ts";

export const guestPath = "/nodes/{node}/qemu/{vmid}";
export const audit = all("/vms/{vmid}", "VM.Audit");
const disk = all("/vms/{vmid}", "VM.Config.Disk");
const anyConfig = any(
  "/vms/{vmid}",
  ...["Disk", "CDROM", "CPU", "Memory", "Network", "HWType", "Options", "Cloudinit"].map((name) => `VM.Config.${name}`),
);

export const guestOf = (datacenter: Datacenter, { parameters }: Call): Guest =>
  datacenter.guest(parameters.required("node"), Number(parameters.required("vmid")));

/** Configuration, creation and disks of VMs. Source: PVE/API2/Qemu.pm */
export const guestRoutes = (datacenter: Datacenter): readonly Route[] => [
  { method: "GET", path: "/nodes/{node}/qemu", permission: anyone, answer: (call) => list(datacenter, call) },
  { method: "POST", path: "/nodes/{node}/qemu", permission: anyone, answer: (call) => createGuest(datacenter, call) },
  {
    method: "DELETE",
    path: guestPath,
    permission: all("/vms/{vmid}", "VM.Allocate"),
    answer: (call) => destroyGuest(datacenter, call),
  },
  { method: "GET", path: `${guestPath}/config`, permission: audit, answer: (call) => readConfigOf(datacenter, call) },
  {
    method: "GET",
    path: `${guestPath}/pending`,
    permission: audit,
    answer: (call) => readPending(guestOf(datacenter, call).config),
  },
  {
    method: "PUT",
    path: `${guestPath}/config`,
    permission: anyConfig,
    answer: (call) => new Update(datacenter, call).now(),
  },
  {
    method: "POST",
    path: `${guestPath}/config`,
    permission: anyConfig,
    answer: (call) => updateAsTask(datacenter, call),
  },
  {
    method: "PUT",
    path: `${guestPath}/unlink`,
    permission: disk,
    answer: ({ caller, parameters }) => {
      const given = parameters.without("idlist").with({ delete: parameters.required("idlist") });
      return new Update(datacenter, { caller, parameters: new Parameters(given.entries) }).now();
    },
  },
  { method: "PUT", path: `${guestPath}/resize`, permission: disk, answer: (call) => resizeDisk(datacenter, call) },
  { method: "POST", path: `${guestPath}/move_disk`, permission: disk, answer: (call) => moveDisk(datacenter, call) },
  {
    method: "POST",
    path: `${guestPath}/clone`,
    permission: both(
      all("/vms/{vmid}", "VM.Clone"),
      either(all("/vms/{newid}", "VM.Allocate"), withParameter("pool", all("/pool/{pool}", "VM.Allocate"))),
    ),
    answer: (call) => cloneGuest(datacenter, call),
  },
  {
    method: "POST",
    path: `${guestPath}/template`,
    permission: all("/vms/{vmid}", "VM.Allocate"),
    answer: (call) => makeTemplate(datacenter, call),
  },
  {
    method: "GET",
    path: `${guestPath}/status/current`,
    permission: audit,
    answer: (call) => {
      const guest = guestOf(datacenter, call);
      return statusOf(guest, datacenter.ha.statusOf(guest.vmid));
    },
  },
];

function list({ guests, access }: Datacenter, { caller, parameters }: Call): unknown {
  return [...guests.values()]
    .filter(({ node }) => node === parameters.required("node"))
    .filter(({ vmid }) => access.permissions.has(caller, `/vms/${vmid}`, "VM.Audit"))
    .map(listedStatus);
}

function readConfigOf(datacenter: Datacenter, call: Call): unknown {
  const { config } = guestOf(datacenter, call);
  const snapshot = call.parameters.text("snapshot");
  return snapshot === undefined ? readConfig(config, call.parameters.flag("current")) : readSnapshot(config, snapshot);
}

/** With `background_delay` work that is quick answers null. Reference: section 3, write */
async function updateAsTask(datacenter: Datacenter, call: Call): Promise<string | null> {
  const task = new Update(datacenter, call).start();
  const seconds = call.parameters.integer("background_delay");
  if (seconds === undefined) return task.upid;
  await Promise.race([task.ended, new Promise((resolve) => setTimeout(resolve, seconds * 1000))]);
  const { state } = task;
  if (state.status === "running") return task.upid;
  if (state.exitstatus === "OK" || state.exitstatus.startsWith("WARNINGS")) return null;
  throw failure(`failed to update VM ${call.parameters.required("vmid")}: ${state.exitstatus}`);
}
