import { setTimeout as sleep } from "node:timers/promises";
import type { Guest, GuestAgent } from "../guest.ts";
import { CommandFailed, type Machine } from "../../hardware/hardware.ts";
import type { Parameters } from "../../http/parameters.ts";
import { failure } from "../../refusal.ts";

/** The real call waits 3 s for an agent that is absent. */
const patience = 300;

/** An agent that answers. */
export interface Agent {
  interfaces(): Promise<unknown>;
  /** The bytes of a file, in base64. */
  read(path: string): Promise<string>;
}

export const isAgentEnabled = ({ config }: Guest): boolean =>
  /^(1|on|yes|true)$|(?:^|,)(enabled=)?1(?:,|$)/.test(config.current.get("agent") ?? "");

/** Three errors, of which only the first is permanent. Reference: section 3, agent */
export async function agentOf(guest: Guest): Promise<Agent> {
  const { running, agent, vmid } = guest;
  if (!isAgentEnabled(guest)) throw failure("No QEMU guest agent configured");
  if (running === undefined) throw failure(`VM ${vmid} is not running`);
  if (running.machine !== undefined) return await agentIn(running.machine);
  if (agent === undefined || Date.now() < running.agentSince + agent.after) {
    await sleep(patience);
    throw failure("QEMU guest agent is not running");
  }
  return pretending(agent);
}

const pretending = ({ interfaces, files }: GuestAgent): Agent => ({
  interfaces: () => Promise.resolve(interfaces),
  read: (path) => {
    const content = files[path];
    if (content !== undefined) return Promise.resolve(Buffer.from(content).toString("base64"));
    return Promise.reject(failure(`Agent error: failed to open file '${path}' (mode: 'r'): No such file or directory`));
  },
});

/** The agent in a guest that runs. Source: PVE/QemuServer/Agent.pm, PVE/API2/Qemu/Agent.pm: file-read */
async function agentIn(machine: Machine): Promise<Agent> {
  try {
    await machine.askAgent("guest-ping");
  } catch {
    throw failure("QEMU guest agent is not running");
  }
  return {
    interfaces: () => machine.askAgent("guest-network-get-interfaces"),
    async read(path) {
      try {
        const handle = await machine.askAgent("guest-file-open", { path });
        const read = await machine.askAgent("guest-file-read", { handle, count: 1024 * 1024 });
        await machine.askAgent("guest-file-close", { handle });
        return String(Object(read)["buf-b64"]);
      } catch (error) {
        if (error instanceof CommandFailed) throw failure(`Agent error: ${error.message}`);
        throw error;
      }
    },
  };
}

/** Source: PVE/API2/Qemu/Agent.pm */
export async function readFile(guest: Guest, parameters: Parameters): Promise<unknown> {
  const encoded = await (await agentOf(guest)).read(parameters.required("file"));
  const bytes = Buffer.from(encoded, "base64");
  const isDecoded = !parameters.has("decode") || parameters.flag("decode");
  return { content: isDecoded ? bytes.toString("utf8") : encoded, "bytes-read": bytes.length };
}
