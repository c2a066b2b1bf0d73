import { createServer, type IncomingMessage, type Server } from "node:http";
import { applyFault } from "./apply-fault.ts";
import { faultSchema } from "../../faults.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import type { Log } from "../log.ts";

/** The channel of the tests to the emulator, on a port of its own: each POST is the JSON of a fault. */
export function controlServer(datacenter: Datacenter, log: Log): Server {
  return createServer((request, response) => {
    receive(datacenter, log, request).then(
      () => response.end(),
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
}

async function receive(datacenter: Datacenter, log: Log, request: IncomingMessage): Promise<void> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const fault = faultSchema.parse(JSON.parse(text));
  log(`fault ${text}`);
  await applyFault(datacenter, fault);
}
