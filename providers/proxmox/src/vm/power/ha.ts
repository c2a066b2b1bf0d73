import { failure } from "../../api/failure.ts";
import type { Place } from "../config/guest-config.ts";

/** States in which the HA manager does not start the VM. Source: PVE::HA::Manager of pve-ha-manager. */
const restingStates = ["stopped", "request_stop", "error", "unknown"];

/** Whether the HA manager starts the VM if it is off. Undefined stands for a VM that it does not manage. */
export const keepsOn = (state: string | undefined): boolean => state !== undefined && !restingStates.includes(state);

/** Throws if the HA manager ignores what it is asked to do with the VM. */
export function requireHa(state: string | undefined, { vmid }: Place, again: "apply" | "destroy"): void {
  if (state !== "error") return;
  throw failure(
    `the HA manager has given up the VM ${vmid}: its resource vm:${vmid} has the state error`,
    "proxmox.vm.locked",
    `Run \`ha-manager set vm:${vmid} --state disabled\` on a node, then ${again} again`,
  );
}
