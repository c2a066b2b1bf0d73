import type { GuestFirewall } from "./guest-firewall.ts";
import type { Parameters } from "../http/parameters.ts";
import type { HttpMethod } from "../http/route.ts";

/** A method of a VM's firewall. */
export interface FirewallMethod {
  readonly method: HttpMethod;
  /** Below `/nodes/{node}/qemu/{vmid}/firewall`. */
  readonly path: string;
  readonly answer: (firewall: GuestFirewall, parameters: Parameters) => unknown;
}
