import { startProxmox, whatAnswers, type ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type DeploymentReply, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { createAccount, type Right } from "./account.ts";
import { MachineBackend } from "./machine-backend.ts";
import { imageOn, machinesOf, type Machine } from "./machines.ts";
import { main } from "./main.ts";
import { vmRights } from "./rights.ts";

/** A cluster whose tenant `shop` has a token, a pool, a storage and a bridge, and whose operator has all rights. */
export interface MachineSuite {
  readonly server: ProxmoxServer;
  readonly backend: MachineBackend;
  readonly tenant: Deployment;
  readonly operator: Deployment;
  /** Inputs of a small VM in the pool, without image. */
  readonly small: Message;
  /** Inputs of a VM that is created from the image. */
  readonly imaged: Message;
  readonly apply: (inputs?: Message) => Promise<DeploymentReply>;
  readonly destroy: (inputs?: Message) => Promise<DeploymentReply>;
  /** The only VM of the cluster. */
  readonly machine: () => Promise<Machine>;
  readonly call: ProxmoxServer["call"];
  /** The deployment with the token of another account. */
  readonly as: (name: string, rights: readonly Right[]) => Promise<Deployment>;
}

export function describeMachines(
  subject: string,
  tests: (suite: () => MachineSuite) => void,
  more: readonly Right[] = [],
): void {
  describe(`${subject}, with ${whatAnswers}`, () => {
    const server = serverOf(startProxmox);
    let suite: MachineSuite | undefined;
    beforeAll(async () => {
      const backend = await MachineBackend.open(server(), {
        rights: [...vmRights("shop", server().storage, server().bridge), ...more],
        pools: ["shop", "bank"],
      });
      suite = suiteOf(backend);
    });
    beforeEach(() => suite?.backend.reset());
    afterAll(() => suite?.backend[Symbol.asyncDispose]());
    tests(() => {
      if (suite === undefined) throw new Error("The server has not been started yet.");
      return suite;
    });
  });
}

function suiteOf(backend: MachineBackend): MachineSuite {
  const { server } = backend;
  const tenant = new Deployment(main, backend.connection);
  const withToken = (token: Message): Deployment => new Deployment(main, { ...backend.connection, token });
  const [node = ""] = server.nodes;
  const disk = { storage: server.storage, sizeGib: 1 };
  const small = { name: "web", pool: "shop", nodes: [node], disks: { virtio0: disk } };
  const imaged = {
    ...small,
    disks: { virtio0: { ...disk, sizeGib: 2 } },
    source: { image: { volume: imageOn(server) } },
  };
  return {
    server,
    backend,
    tenant,
    operator: withToken({ file: server.tokenFile }),
    small,
    imaged,
    apply: (inputs = {}) => tenant.create("vm", { ...small, ...inputs }),
    destroy: (inputs = {}) => tenant.destroy("vm", { ...small, ...inputs }),
    machine: async () => {
      const [machine, ...others] = await machinesOf(server);
      if (machine === undefined || others.length > 0) throw new Error(`There are ${others.length + 1} VMs, or none.`);
      return machine;
    },
    call: (...given) => server.call(...given),
    as: async (name, rights) => withToken({ command: ["echo", (await createAccount(server, name, rights)).token] }),
  };
}
