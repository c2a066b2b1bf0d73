import { failure } from "../refusal.ts";

/** States of a service that the manager has. Source: PVE/HA/Manager.pm; not all of them */
export type ServiceState = "request_start" | "started" | "request_stop" | "stopped" | "error";

export interface HaResource {
  /** The state that the configuration asks for. */
  state: string;
  /** The state that the manager has; undefined until it has seen the resource. */
  service: ServiceState | undefined;
  /** A command that waits for the manager: a stop within so many seconds. */
  stopSeconds: number | undefined;
  readonly more: Map<string, string>;
}

/** The resources of the HA manager. Without its daemons, requests only wait. */
export class HaResources {
  readonly resources = new Map<number, HaResource>();
  /** The daemons, once a fault has started them. */
  daemons: NodeJS.Timeout | undefined;

  add(vmid: number, state: string): HaResource {
    if (this.resources.has(vmid)) throw failure(`resource ID 'vm:${vmid}' already defined`);
    const resource = { state, service: undefined, stopSeconds: undefined, more: new Map<string, string>() };
    this.resources.set(vmid, resource);
    return resource;
  }

  /** Source: PVE/HA/Config.pm: vm_is_ha_managed */
  isManaged(vmid: number): boolean {
    const resource = this.resources.get(vmid);
    return resource !== undefined && resource.state !== "ignored";
  }

  resource(vmid: number): HaResource {
    const resource = this.resources.get(vmid);
    if (resource === undefined) throw failure(`no such resource 'vm:${vmid}'`);
    return resource;
  }

  /** Source: PVE/API2/HA/Resources.pm: check_service_state */
  request(vmid: number, state: string): void {
    const resource = this.resource(vmid);
    if (resource.service === "error" && state !== "disabled") {
      throw failure(`service 'vm:${vmid}' in error state, must be disabled and fixed first`);
    }
    resource.state = state;
  }

  /** The part of status/current. Source: PVE/HA/Config.pm: get_service_status */
  statusOf(vmid: number): Record<string, unknown> {
    if (!this.isManaged(vmid)) return { managed: 0 };
    return { managed: 1, state: this.resource(vmid).service ?? null };
  }
}

export const notInCluster = (vmid: number): Error => failure(`resource 'vm:${vmid}' does not exist in cluster`);
