import { currentSignal, waitFor } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { isRejected } from "../../api/failure.ts";
import type { ProxmoxReader } from "../../api/reader.ts";
import { followTask, TaskFailed, upid } from "../../api/task.ts";
import { isSet, looseFlag, looseNumber, numberOf } from "../../api/values.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { pathOf, type Place } from "../config/guest-config.ts";
import { untilFree } from "../config/write.ts";
import { names } from "../names.ts";
import { keepsOn, requireHa } from "./ha.ts";

const apiStatus = z.object({
  status: z.string(),
  uptime: z.optional(looseNumber),
  ha: z.optional(z.object({ managed: z.optional(looseFlag), state: z.optional(z.nullable(z.string())) })),
});

/** What a VM does. */
export interface PowerState {
  readonly isRunning: boolean;
  readonly uptimeSeconds: number;
  /** State of the HA resource; undefined if the HA manager does not run the VM. */
  readonly ha: string | undefined;
  /** Whether it runs, or is off only until the HA manager starts it. */
  readonly isKeptOn: boolean;
}

export async function powerOf(client: ProxmoxReader, place: Place): Promise<PowerState> {
  const { status, uptime = 0, ha } = await client.get(`${pathOf(place)}/status/current`, apiStatus);
  const isManaged = ha?.managed !== undefined && isSet(ha.managed);
  const isRunning = status === "running";
  const haState = isManaged ? (ha.state ?? "unknown") : undefined;
  return {
    isRunning,
    uptimeSeconds: numberOf(uptime),
    ha: haState,
    isKeptOn: isRunning || keepsOn(haState),
  };
}

export async function startVm(client: ProxmoxWriter, place: Place): Promise<void> {
  if (await act(client, place, "start", {})) await untilState(client, place, true);
}

/** Lets the guest shut down, and stops the VM if it does not in time. */
export async function stopVm(client: ProxmoxWriter, place: Place, shutdownSeconds: number): Promise<void> {
  const isQueued = await act(client, place, "shutdown", { timeout: shutdownSeconds, forceStop: 1 });
  if (isQueued) await untilState(client, place, false);
}

/** Applies what waits for the next start. */
export async function rebootVm(client: ProxmoxWriter, place: Place, shutdownSeconds: number): Promise<void> {
  await act(client, place, "reboot", { timeout: shutdownSeconds });
}

type Action = "start" | "shutdown" | "reboot";

/** Returns whether the HA manager was only asked. */
async function act(
  client: ProxmoxWriter,
  place: Place,
  action: Action,
  parameters: Readonly<Record<string, number>>,
): Promise<boolean> {
  const path = `${pathOf(place)}/status/${action}`;
  try {
    return await untilFree(place, async () => {
      const task = await client.call("POST", path, parameters, upid, names);
      await followTask(client, task, `the ${action} of VM ${place.vmid}`);
      return /:ha(start|stop|reboot):/.test(task);
    });
  } catch (error) {
    if (!isDoneAlready(error, action)) throw error;
    return false;
  }
}

/** Somebody else was faster. */
function isDoneAlready(error: unknown, action: Action): boolean {
  if (action === "start") return error instanceof TaskFailed && error.exit.endsWith("already running");
  return action === "shutdown" && isRejected(error) && error.words.endsWith("not running");
}

/** The HA manager works later than the task that asks it. */
async function untilState(client: ProxmoxReader, place: Place, isOn: boolean): Promise<void> {
  const what = `VM ${place.vmid} to be ${isOn ? "running" : "stopped"}`;
  await waitFor(what, async () => {
    const { setTimeout: pause } = await import("node:timers/promises");
    for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 2000)) {
      const { isRunning, isKeptOn, ha } = await powerOf(client, place);
      if (isOn ? isRunning : !isKeptOn) return;
      requireHa(ha, place, "apply");
      await pause(waitMs, undefined, { signal: currentSignal() });
    }
  });
}
