import { agentOf, readFile } from "./agent.ts";
import { migrate, migrationOptions } from "./migrate.ts";
import { power, type PowerAction } from "./power.ts";
import { createSnapshot, deleteSnapshot, listSnapshots, rollBack } from "./snapshots.ts";
import { audit, guestOf, guestPath } from "../guest-routes.ts";
import { readSnapshot } from "../config/read.ts";
import { all, any } from "../../access/permission-rules.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import type { Route } from "../../http/route.ts";

const actions: readonly PowerAction[] = ["start", "stop", "shutdown", "reboot", "reset", "suspend", "resume"];
const snapshots = all("/vms/{vmid}", "VM.Snapshot");

/** Power, snapshots, migration, agent. Source: PVE/API2/Qemu.pm, PVE/API2/Qemu/Agent.pm */
export const lifecycleRoutes = (datacenter: Datacenter): readonly Route[] => [
  ...actions.map((action): Route => ({
    method: "POST",
    path: `${guestPath}/status/${action}`,
    permission: all("/vms/{vmid}", "VM.PowerMgmt"),
    answer: (call) => power(datacenter, call, action),
  })),
  {
    method: "GET",
    path: `${guestPath}/snapshot`,
    permission: audit,
    answer: (call) => listSnapshots(guestOf(datacenter, call)),
  },
  {
    method: "POST",
    path: `${guestPath}/snapshot`,
    permission: snapshots,
    answer: (call) => createSnapshot(datacenter, call),
  },
  {
    method: "GET",
    path: `${guestPath}/snapshot/{snapname}/config`,
    permission: any("/vms/{vmid}", "VM.Snapshot", "VM.Snapshot.Rollback", "VM.Audit"),
    answer: (call) => readSnapshot(guestOf(datacenter, call).config, call.parameters.required("snapname")),
  },
  {
    method: "POST",
    path: `${guestPath}/snapshot/{snapname}/rollback`,
    permission: any("/vms/{vmid}", "VM.Snapshot", "VM.Snapshot.Rollback"),
    answer: (call) => rollBack(datacenter, call),
  },
  {
    method: "DELETE",
    path: `${guestPath}/snapshot/{snapname}`,
    permission: snapshots,
    answer: (call) => deleteSnapshot(datacenter, call),
  },
  {
    method: "GET",
    path: `${guestPath}/migrate`,
    permission: all("/vms/{vmid}", "VM.Migrate"),
    answer: (call) => migrationOptions(datacenter, guestOf(datacenter, call)),
  },
  {
    method: "POST",
    path: `${guestPath}/migrate`,
    permission: all("/vms/{vmid}", "VM.Migrate"),
    answer: (call) => migrate(datacenter, call),
  },
  {
    method: "GET",
    path: `${guestPath}/agent/network-get-interfaces`,
    permission: any("/vms/{vmid}", "VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"),
    answer: async (call) => ({ result: await (await agentOf(guestOf(datacenter, call))).interfaces() }),
  },
  {
    method: "POST",
    path: `${guestPath}/agent/ping`,
    permission: any("/vms/{vmid}", "VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted"),
    answer: async (call) => {
      await agentOf(guestOf(datacenter, call));
      return { result: {} };
    },
  },
  {
    method: "GET",
    path: `${guestPath}/agent/file-read`,
    permission: any("/vms/{vmid}", "VM.GuestAgent.FileRead", "VM.GuestAgent.Unrestricted"),
    answer: (call) => readFile(guestOf(datacenter, call), call.parameters),
  },
];
