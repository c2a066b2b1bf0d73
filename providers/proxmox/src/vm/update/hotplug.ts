import { failure, isRejected } from "../../api/failure.ts";
import { TaskFailed } from "../../api/task.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { pathOf, type Place } from "../config/guest-config.ts";
import { names } from "../names.ts";

/**
 * Does work that changes devices. What a running VM refuses would stay pending, and be applied at its next start, so it is
 * taken back before the error is reported.
 */
export async function revertingFailures(client: ProxmoxWriter, place: Place, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const problems = problemsIn(error);
    if (problems.size === 0) throw error;
    // A removed disk leaves the boot order, too. Nothing happens if that has no pending value.
    const keys = [...problems.keys(), "boot"];
    await client.change("PUT", `${pathOf(place)}/config`, { revert: keys.join(",") }, names);
    const words = [...problems].map(([key, problem]) => `\`${names[key] ?? key}\`: ${problem}`);
    throw failure(
      `the running VM ${place.vmid} does not take the change of ${words.join("; ")}. It was taken back`,
      "proxmox.vm.hotplug",
      'Set `power = "stopped"`, apply, and set it back',
      error,
    );
  }
}

/** What Proxmox says, by key. A task's text is `400 Parameter verification failed. scsi0: hotplug problem - ...`. */
function problemsIn(error: unknown): Map<string, string> {
  const form = /(\w+): hotplug problem - ([^\n]*?)(?= \w+: hotplug problem|$)/g;
  if (error instanceof TaskFailed) {
    return new Map([...error.exit.matchAll(form)].map(([, key = "", problem = ""]) => [key, problem]));
  }
  if (!isRejected(error)) return new Map();
  return new Map(
    Object.entries(error.parameters).flatMap(([key, text]) => {
      const [, problem] = /hotplug problem - (.*)/s.exec(text) ?? [];
      return problem === undefined ? [] : [[key, problem.trim()]];
    }),
  );
}
