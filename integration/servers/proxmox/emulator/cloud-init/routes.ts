import { cloudInitDocument } from "./documents.ts";
import { all } from "../access/permission-rules.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import type { Call, Route } from "../http/route.ts";
import { isCloudInit } from "../qemu/values/drive.ts";
import type { GuestConfig } from "../qemu/config/guest-config.ts";
import { cloudInitKeys } from "../qemu/values/keys.ts";
import { looseValue } from "../qemu/values/loose-values.ts";
import { drivesOf } from "../qemu/disks/volume-access.ts";
import type { Guest } from "../qemu/guest.ts";
import { checkLock } from "../qemu/locks.ts";
import { notEmulated } from "../refusal.ts";

const path = "/nodes/{node}/qemu/{vmid}/cloudinit";

/** Source: PVE/API2/Qemu.pm */
export function cloudInitRoutes(datacenter: Datacenter): readonly Route[] {
  const guestOf = ({ parameters }: Call): Guest =>
    datacenter.guest(parameters.required("node"), Number(parameters.required("vmid")));
  return [
    {
      method: "GET",
      path,
      permission: all("/vms/{vmid}", "VM.Audit"),
      answer: (call) => listPending(guestOf(call).config),
    },
    {
      method: "PUT",
      path,
      permission: all("/vms/{vmid}", "VM.Config.Cloudinit"),
      answer: (call) => {
        const guest = guestOf(call);
        return datacenter.locks.hold(guest.vmid, 10, () => makeDrive(guest));
      },
    },
    {
      method: "GET",
      path: `${path}/dump`,
      permission: all("/vms/{vmid}", "VM.Audit"),
      answer: (call) => {
        const { config, vmid } = guestOf(call);
        return cloudInitDocument(config.current, vmid, call.parameters.required("type"));
      },
    },
  ];
}

/** Without a drive a silent no-op. Reference: section 13, cloud-init */
function makeDrive(guest: Guest): void {
  checkLock(guest);
  if (guest.running?.machine !== undefined) throw notEmulated("another cloud-init drive while a machine runs");
  const { current, cloudInit } = guest.config;
  if (drivesOf(current).some(([, drive]) => isCloudInit(drive))) cloudInit.clear();
}

const shown = (key: string, text: string): string | number =>
  key === "cipassword" ? "**********" : looseValue(key, text);

/** Values of the last drive, and the new ones as pending: never a changed ipconfigN or name. Source: cloudinit_pending */
function listPending({ current, cloudInit }: GuestConfig): unknown[] {
  const added = [...cloudInit].flatMap(([key, before]) => {
    const now = current.get(key);
    return before === undefined && now !== undefined ? [{ key, pending: shown(key, now) }] : [];
  });
  const set = cloudInitKeys.flatMap((key) => {
    const now = current.get(key);
    // Perl's notion of an empty value.
    if (now === undefined || now === "0" || (cloudInit.has(key) && cloudInit.get(key) === undefined)) return [];
    const before = cloudInit.get(key);
    return before === undefined
      ? [{ key, value: shown(key, now) }]
      : [{ key, value: shown(key, before), pending: shown(key, now) }];
  });
  const deleted = [...cloudInit.keys()].filter((key) => !current.has(key)).map((key) => ({ key, delete: 1 }));
  return [...added, ...set, ...deleted];
}
