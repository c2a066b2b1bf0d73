import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import type { Backend, Message, NetworkAccess } from "@nixops4-resources/protocol-core/testing";
import { ProxmoxBackend } from "./backend.ts";
import { clearFirewall, firewallOn, firewallPath, guestOf } from "./firewalls.ts";
import { perform, removeMachines } from "./machines.ts";
import { firewallRights } from "./rights.ts";

/** A cluster with one VM of a deployment, whose firewall is empty. */
export class FirewallBackend implements Backend {
  readonly #inner: ProxmoxBackend;
  readonly #vmid: number;
  #isPrepared = false;

  private constructor(inner: ProxmoxBackend, vmid: number) {
    this.#inner = inner;
    this.#vmid = vmid;
  }

  static async open(server: ProxmoxServer, vmid: number): Promise<FirewallBackend> {
    await removeMachines(server);
    const rights = firewallRights("shop");
    return new FirewallBackend(await ProxmoxBackend.open(server, { rights, pools: ["shop"] }), vmid);
  }

  get server(): ProxmoxServer {
    return this.#inner.server;
  }
  get access(): NetworkAccess {
    return this.#inner.access;
  }
  get connection(): Message {
    return this.#inner.connection;
  }
  get broken(): Backend["broken"] {
    return this.#inner.broken;
  }
  get canaries(): readonly string[] {
    return this.#inner.canaries;
  }
  get withFile(): NonNullable<Backend["withFile"]> {
    return this.#inner.withFile;
  }

  get path(): string {
    return firewallPath(this.server.nodes[0] ?? "", this.#vmid);
  }

  /** Only the firewall changes: the VM is created once, since that takes a task. */
  async reset(): Promise<void> {
    if (this.#isPrepared) await clearFirewall(this.server, this.path);
    else await this.#prepare();
  }

  async #prepare(): Promise<void> {
    const { server } = this;
    await this.#inner.reset();
    // Proxmox deletes the permissions of a pool together with it.
    const { user, tokenId } = this.#inner.account;
    for (const [index, { path }] of firewallRights("shop").entries()) {
      const roles = `${user.split("@")[0]}-${index}`;
      await server.call("PUT", "/access/acl", { path, roles, users: user, tokens: tokenId });
    }
    await perform(server, "POST", `/nodes/${server.nodes[0]}/qemu`, guestOf("contract", this.#vmid));
    this.#isPrepared = true;
  }

  async writes(): Promise<unknown> {
    return await this.#inner.writes();
  }

  async snapshot(): Promise<unknown> {
    return { accounts: await this.#inner.snapshot(), firewall: await firewallOn(this.server, this.path) };
  }

  async log(): Promise<string> {
    return await this.#inner.log();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeMachines(this.server);
    await this.#inner[Symbol.asyncDispose]();
  }
}
