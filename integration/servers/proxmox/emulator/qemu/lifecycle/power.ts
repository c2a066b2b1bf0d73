import { isAgentEnabled } from "./agent.ts";
import { requestHaStart, requestHaStop } from "./ha-requests.ts";
import { applyPending } from "../config/apply-pending.ts";
import { parseCard } from "../values/card.ts";
import { isCloudInit } from "../values/drive.ts";
import { isCardKey } from "../values/keys.ts";
import { drivesOf } from "../disks/volume-access.ts";
import { volumeOf } from "../disks/unused.ts";
import { warnOfEfi, warnOfIothread } from "./warnings.ts";
import type { Guest } from "../guest.ts";
import { checkLock } from "../locks.ts";
import { isRoot } from "../../access/caller.ts";
import { bridges, type Datacenter } from "../../cluster/datacenter.ts";
import type { Call } from "../../http/route.ts";
import type { Machine } from "../../hardware/hardware.ts";
import { failure, invalid, notEmulated } from "../../refusal.ts";
import type { Task } from "../../tasks/task.ts";
import type { TaskOwner } from "../../tasks/tasks.ts";

const appliedBy = (datacenter: Datacenter, { caller }: TaskOwner, guest: Guest) => ({
  datacenter,
  guest,
  scope: { access: datacenter.access, caller, vmid: guest.vmid },
});

/** Source: PVE/QemuServer.pm: vm_start */
export function startGuest(datacenter: Datacenter, owner: TaskOwner, guest: Guest): Task {
  return datacenter.tasks.run(owner, "qmstart", String(guest.vmid), (task) =>
    datacenter.locks.hold(guest.vmid, 10, async () => {
      checkLock(guest);
      if (guest.running !== undefined) throw failure(`VM ${guest.vmid} already running`);
      if (guest.isTemplate) throw failure("you can't start a vm if it's a template");
      await task.pause();
      await boot(datacenter, owner, guest, task);
    }),
  );
}

async function boot(datacenter: Datacenter, owner: TaskOwner, guest: Guest, task: Task): Promise<void> {
  const { config, node, vmid } = guest;
  applyPending(appliedBy(datacenter, owner, guest));
  checkBridgesExist(guest);
  warnOfIothread(guest, task);
  warnOfEfi(guest, task);
  if (drivesOf(config.current).some(([, drive]) => isCloudInit(drive))) task.log("generating cloud-init ISO");
  config.cloudInit.clear();
  const volume = (file: string) => volumeOf(datacenter, node, file)?.volume;
  const machine = await datacenter.hardware?.start({ vmid, values: config.current, volumeOf: volume });
  const now = Date.now();
  guest.running = { since: now, agentSince: now, isPaused: config.current.get("freeze") === "1", machine };
  if (machine !== undefined) void noticeEnd(guest, machine);
}

/** The guest can shut down by itself. */
async function noticeEnd(guest: Guest, machine: Machine): Promise<void> {
  await machine.ended;
  if (guest.running?.machine === machine) guest.running = undefined;
}

/** Checked only at the start. Reference: section 5 */
function checkBridgesExist({ config }: Guest): void {
  for (const [key, value] of config.current) {
    const bridge = isCardKey(key) ? parseCard(value).options.get("bridge") : undefined;
    if (bridge !== undefined && !bridges.includes(bridge)) throw failure(`bridge '${bridge}' does not exist`);
  }
}

/** Pending values become current when a VM stops. Reference: section 6 */
async function halt(datacenter: Datacenter, owner: TaskOwner, guest: Guest): Promise<void> {
  await guest.running?.machine?.stop();
  guest.running = undefined;
  applyPending(appliedBy(datacenter, owner, guest));
}

/** Works under a lock, too. Reference: section 13, power */
export function stopGuest(datacenter: Datacenter, owner: TaskOwner, guest: Guest, overrules: boolean): Task {
  if (overrules) {
    const shutdowns = datacenter.tasks.all.filter(
      ({ parts, state }) =>
        parts.type === "qmshutdown" && parts.id === String(guest.vmid) && state.status === "running",
    );
    for (const shutdown of shutdowns) shutdown.signal("interrupt");
  }
  return datacenter.tasks.run(owner, "qmstop", String(guest.vmid), async (task) => {
    await task.pause();
    await datacenter.locks.hold(guest.vmid, 10, async () => {
      if (guest.running !== undefined) await halt(datacenter, owner, guest);
    });
  });
}

interface Shutdown {
  readonly seconds: number;
  readonly isForced: boolean;
}

/** Source: PVE/QemuServer.pm: vm_stop */
async function shutDown(
  datacenter: Datacenter,
  owner: TaskOwner,
  guest: Guest,
  { seconds, isForced }: Shutdown,
  task: Task,
): Promise<void> {
  await task.pause();
  if (guest.running === undefined) return;
  checkLock(guest);
  const { machine } = guest.running;
  await machine?.askToShutDown(isAgentEnabled(guest));
  if (guest.hangsAtShutdown || machine !== undefined) {
    const deadline = Date.now() + seconds * 1000;
    while (isRunning(guest) && Date.now() < deadline) await task.pause(50);
    // Another task has stopped it.
    if (!isRunning(guest) && machine === undefined) return;
    if (isRunning(guest) && !isForced) throw failure("VM quit/powerdown failed - got timeout");
    if (isRunning(guest)) task.log("VM still running - terminating now with SIGTERM");
  }
  await halt(datacenter, owner, guest);
}

const isRunning = ({ running }: Guest): boolean => running !== undefined;

export function shutDownGuest(datacenter: Datacenter, owner: TaskOwner, guest: Guest, shutdown: Shutdown): Task {
  return datacenter.tasks.run(owner, "qmshutdown", String(guest.vmid), (task) =>
    shutDown(datacenter, owner, guest, shutdown, task),
  );
}

/** Applies pending changes, unlike a reset. Reference: section 3, power */
export function rebootGuest(datacenter: Datacenter, owner: TaskOwner, guest: Guest, seconds: number): Task {
  requireRunning(guest);
  return datacenter.tasks.run(owner, "qmreboot", String(guest.vmid), async (task) => {
    await shutDown(datacenter, owner, guest, { seconds, isForced: false }, task);
    await boot(datacenter, owner, guest, task);
  });
}

function requireRunning(guest: Guest): void {
  if (guest.running === undefined) throw failure(`VM ${guest.vmid} not running`);
}

/** reset, suspend and resume. */
function changeRunning(datacenter: Datacenter, owner: TaskOwner, guest: Guest, type: string, isPaused?: boolean): Task {
  requireRunning(guest);
  return datacenter.tasks.run(owner, type, String(guest.vmid), async (task) => {
    await task.pause();
    checkLock(guest);
    requireRunning(guest);
    if (guest.running?.machine !== undefined) throw notEmulated(`${type} of a machine`);
    if (guest.running !== undefined && isPaused !== undefined) guest.running = { ...guest.running, isPaused };
  });
}

export type PowerAction = "start" | "stop" | "shutdown" | "reboot" | "reset" | "suspend" | "resume";

/** POST status/{action}. */
export function power(datacenter: Datacenter, { caller, parameters }: Call, action: PowerAction): string {
  const node = parameters.required("node");
  const owner = { node, caller };
  for (const option of ["skiplock", "keepActive"]) {
    if (parameters.flag(option) && !isRoot(caller)) throw invalid({ [option]: "Only root may use this option." });
  }
  if (parameters.flag("todisk")) throw notEmulated("suspending to disk");
  const guest = datacenter.guest(node, Number(parameters.required("vmid")));
  return taskOf(datacenter, owner, guest, action, {
    seconds: parameters.integer("timeout") ?? 60,
    isForced: parameters.flag("forceStop"),
    overrules: parameters.flag("overrule-shutdown"),
  }).upid;
}

interface PowerOptions extends Shutdown {
  readonly overrules: boolean;
}

function taskOf(
  datacenter: Datacenter,
  owner: TaskOwner,
  guest: Guest,
  action: PowerAction,
  options: PowerOptions,
): Task {
  const isManaged = datacenter.ha.isManaged(guest.vmid);
  if (isManaged && action === "start") return requestHaStart(datacenter, owner, guest);
  if (isManaged && action === "stop" && options.overrules) {
    throw invalid({ "overrule-shutdown": "Not applicable for HA resources." });
  }
  if (isManaged && action === "stop") return requestHaStop(datacenter, owner, guest, 0);
  if (isManaged && action === "shutdown") return requestHaStop(datacenter, owner, guest, options.seconds);
  const tasks: Readonly<Record<PowerAction, () => Task>> = {
    start: () => startGuest(datacenter, owner, guest),
    stop: () => stopGuest(datacenter, owner, guest, options.overrules),
    shutdown: () => shutDownGuest(datacenter, owner, guest, options),
    reboot: () => rebootGuest(datacenter, owner, guest, options.seconds),
    reset: () => changeRunning(datacenter, owner, guest, "qmreset"),
    suspend: () => changeRunning(datacenter, owner, guest, "qmpause", true),
    resume: () => changeRunning(datacenter, owner, guest, "qmresume", false),
  };
  return tasks[action]();
}
