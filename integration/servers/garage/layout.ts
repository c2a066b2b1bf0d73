import { setTimeout } from "node:timers/promises";
import * as z from "zod/mini";
import type { GarageServer } from "./garage.ts";

const role = { zone: "dc1", capacity: 1_000_000_000, tags: [] };

/** Connects the nodes with each other and gives each of them a role, without which Garage stores nothing. */
export async function formCluster(nodes: readonly GarageServer[]): Promise<void> {
  const [first] = nodes;
  if (first === undefined) return;
  if (first.version === "1.3.0") await formFirstGeneration(first);
  else await formSecondGeneration(first, nodes);
  for (const { admin } of nodes) await untilHealthy(async () => await admin.get("/health"));
}

/** https://garagehq.deuxfleurs.fr/api/garage-admin-v2.html */
async function formSecondGeneration({ admin }: GarageServer, nodes: readonly GarageServer[]): Promise<void> {
  const ids = await Promise.all(nodes.map(idOf));
  await admin.post(
    "/v2/ConnectClusterNodes",
    nodes.slice(1).map(({ rpcPort }, index) => `${ids[index + 1]}@127.0.0.1:${rpcPort}`),
  );
  await admin.post("/v2/UpdateClusterLayout", { roles: ids.map((id) => ({ id, ...role })) });
  await admin.post("/v2/ApplyClusterLayout", { version: 1 });
}

/** https://garagehq.deuxfleurs.fr/api/garage-admin-v1.html */
async function formFirstGeneration({ admin }: GarageServer): Promise<void> {
  const { node } = z.object({ node: z.string() }).parse(await admin.get("/v1/status"));
  await admin.post("/v1/layout", [{ id: node, ...role }]);
  await admin.post("/v1/layout/apply", { version: 1 });
}

const nodeInfo = z.object({ success: z.record(z.string(), z.object({ nodeId: z.string() })) });

async function idOf({ admin }: GarageServer): Promise<string> {
  const { success } = nodeInfo.parse(await admin.get("/v2/GetNodeInfo?node=self"));
  const [id = ""] = Object.keys(success);
  return id;
}

async function untilHealthy(isHealthy: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await isHealthy();
      return;
    } catch (error) {
      if (tries === 600) throw error;
      await setTimeout(50);
    }
  }
}
