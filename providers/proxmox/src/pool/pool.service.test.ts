import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { describe } from "vitest";
import { ProxmoxBackend } from "../testing/backend.ts";
import { main } from "../testing/main.ts";
import { poolRights } from "../testing/rights.ts";
import pool from "./pool.ts";

const quotaOfMark = (vms: number) =>
  `Shop\nnixops4:${JSON.stringify({ v: 1, managedBy: "contract", type: "pool", quota: { vms } })}`;

// The promises of every resource, tested on the bundled executable, with a token that has the documented rights only.
describe(`a pool of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(pool, {
    main,
    throughWorker: "only",
    backend: () => ProxmoxBackend.open(server(), { rights: poolRights }),
    reached: "network",
    want: { name: "shop", comment: "Shop", quota: { vms: 10, cores: 40, memoryMib: 65_536, diskGib: 500 } },
    changed: { comment: "Two\nlines, ä", quota: { vms: 20 } },
    immutable: { name: "bank" },
    drift: {
      comment: async ({ server: at }) => {
        const mark = {
          v: 1,
          managedBy: "contract",
          type: "pool",
          quota: { vms: 10, cores: 40, memoryMib: 65_536, diskGib: 500 },
        };
        await at.call("PUT", "/pools", { poolid: "shop", comment: `By hand\nnixops4:${JSON.stringify(mark)}` });
      },
      quota: async (backend) => void (await backend.call("PUT", "/pools", { poolid: "shop", comment: quotaOfMark(1) })),
    },
    makeUnmarked: async (backend) =>
      void (await backend.call("POST", "/pools", { poolid: "shop", comment: "By hand" })),
  });
});
