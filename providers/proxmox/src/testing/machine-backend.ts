import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import type { Backend, Message, NetworkAccess } from "@nixops4-resources/protocol-core/testing";
import { ProxmoxBackend, type Prepared } from "./backend.ts";
import { machinesOf, provideImage, removeMachines, volumesOf } from "./machines.ts";

/** The cluster with its VMs and their volumes, and an image on every node. */
export class MachineBackend implements Backend {
  readonly inner: ProxmoxBackend;
  readonly #prepared: Prepared;
  readonly #prepareMachines: (server: ProxmoxServer) => Promise<void>;

  private constructor(
    inner: ProxmoxBackend,
    prepared: Prepared,
    prepareMachines: (server: ProxmoxServer) => Promise<void>,
  ) {
    this.inner = inner;
    this.#prepared = prepared;
    this.#prepareMachines = prepareMachines;
  }

  /** `prepareMachines` creates VMs that exist before each test. */
  static async open(
    server: ProxmoxServer,
    prepared: Prepared,
    prepareMachines: (server: ProxmoxServer) => Promise<void> = async () => undefined,
  ): Promise<MachineBackend> {
    await removeMachines(server);
    const inner = await ProxmoxBackend.open(server, prepared);
    await provideImage(server);
    return new MachineBackend(inner, prepared, prepareMachines);
  }

  get server(): ProxmoxServer {
    return this.inner.server;
  }
  get access(): NetworkAccess {
    return this.inner.access;
  }
  get connection(): Message {
    return this.inner.connection;
  }
  get broken(): Backend["broken"] {
    return this.inner.broken;
  }
  get canaries(): readonly string[] {
    return this.inner.canaries;
  }
  get withFile(): NonNullable<Backend["withFile"]> {
    return this.inner.withFile;
  }

  async reset(): Promise<void> {
    await this.server.fault({ fault: "none" });
    await removeMachines(this.server);
    await this.inner.reset();
    // Proxmox deletes the permissions of a pool together with it.
    for (const [index, { path }] of this.#prepared.rights.entries()) {
      const { user, tokenId } = this.inner.account;
      const roles = `${user.split("@")[0]}-${index}`;
      await this.server.call("PUT", "/access/acl", { path, roles, users: user, tokens: tokenId });
    }
    await this.#prepareMachines(this.server);
  }

  async writes(): Promise<unknown> {
    return await this.inner.writes();
  }

  /** Without times, and without what a VM does at this moment. */
  async snapshot(): Promise<unknown> {
    const machines = JSON.stringify(await machinesOf(this.server)).replaceAll(/(\\"changedAt\\":)[0-9]+/g, "$1");
    return {
      accounts: await this.inner.snapshot(),
      machines: JSON.parse(machines),
      volumes: await volumesOf(this.server),
    };
  }

  async log(): Promise<string> {
    return await this.inner.log();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeMachines(this.server);
    await this.inner[Symbol.asyncDispose]();
  }
}
