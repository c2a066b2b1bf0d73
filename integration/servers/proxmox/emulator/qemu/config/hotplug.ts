import { removeDrive, type Applied } from "./apply-pending.ts";
import { bootDisks } from "../values/boot-order.ts";
import { parseCard } from "../values/card.ts";
import { recordCloudInit } from "./cloud-init-record.ts";
import { isCd, isCloudInit, parseDrive } from "../values/drive.ts";
import { isCardKey, isDriveKey, isFastKey } from "../values/keys.ts";
import { dropUsedAgain, registerUnused } from "../disks/unused.ts";
import type { Guest } from "../guest.ts";
import { bridges } from "../../cluster/datacenter.ts";
import { splitList } from "../../http/parameters.ts";
import { failure, notEmulated, Refusal } from "../../refusal.ts";
import { words } from "../../words.ts";

/** Whether a change took effect, or waits for the next start. */
type Outcome = "done" | "skip";

/**
 * Makes the pending values of a running VM current as far as possible. Returns the problems by key; such a value stays
 * pending. Source: PVE/QemuServer.pm: vmconfig_hotplug_pending
 */
export function hotplug(applied: Applied, keys: ReadonlySet<string>): Record<string, string> {
  const { config } = applied.guest;
  const { current, pending, pendingDelete } = config;
  const problems: Record<string, string> = {};
  for (const [key, value] of pending) {
    if (!isFastKey(key)) continue;
    recordCloudInit(config, key, current.get(key), value);
    current.set(key, value);
    pending.delete(key);
  }
  for (const [key, { force }] of [...pendingDelete].filter(([name]) => keys.has(name)).sort(byKey)) {
    if (attempt(problems, key, () => unplugKey(applied, key, force)) === "skip") continue;
    recordCloudInit(config, key, current.get(key), undefined);
    current.delete(key);
    pendingDelete.delete(key);
  }
  for (const [key, value] of [...pending].filter(([name]) => keys.has(name))) {
    if (attempt(problems, key, () => plugKey(applied, key, value)) === "skip") continue;
    recordCloudInit(config, key, current.get(key), value);
    current.set(key, value);
    pending.delete(key);
  }
  dropUsedAgain(config);
  return problems;
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

function attempt(problems: Record<string, string>, key: string, change: () => Outcome): Outcome {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems[key] = `hotplug problem - ${error.message}\n`;
    return "skip";
  }
}

/** Source: parse_hotplug_features */
function features({ config }: Guest): ReadonlySet<string> {
  const text = config.current.get("hotplug") ?? "1";
  if (text === "0") return new Set();
  return new Set(text === "1" ? ["network", "disk", "usb"] : splitList(text));
}

const isColdDrive = (key: string): boolean => /^(efidisk|ide|sata|tpmstate)\d+$/.test(key);

/** The hardware of a machine that runs stays as it is. */
function checkCanPlug({ running }: Guest, key: string): void {
  if (running?.machine !== undefined && (isCardKey(key) || isDriveKey(key))) throw notEmulated(`a hotplug of ${key}`);
}

function unplugKey(applied: Applied, key: string, force: boolean): Outcome {
  const { guest } = applied;
  checkCanPlug(guest, key);
  const has = features(guest);
  if (key === "cpulimit" || key === "cpuunits" || isFastKey(key)) return "done";
  if (key === "hotplug") return /cpu|memory/.test(guest.config.current.get("hotplug") ?? "") ? "skip" : "done";
  if (key === "balloon") return guest.config.current.get("balloon") === "0" ? "skip" : "done";
  if (key === "vcpus") return has.has("cpu") ? "done" : "skip";
  if (isCardKey(key)) return has.has("network") ? "done" : "skip";
  if (!isDriveKey(key) || !has.has("disk") || isColdDrive(key)) return "skip";
  checkUnplug(guest, key);
  removeDrive(applied, key, force);
  return "done";
}

/** Source: vm_deviceunplug */
function checkUnplug({ config }: Guest, key: string): void {
  if (bootDisks(config).includes(key)) throw failure(`can't unplug bootdisk '${key}'`);
}

function plugKey(applied: Applied, key: string, value: string): Outcome {
  checkCanPlug(applied.guest, key);
  const { current } = applied.guest.config;
  if (key === "cpulimit" || key === "cpuunits") return "done";
  if (key === "hotplug") return /cpu|memory/.test(`${value} ${current.get("hotplug") ?? ""}`) ? "skip" : "done";
  // Switching the device on or off needs a start. Reference: section 6
  if (key === "balloon") return (current.get("balloon") === "0") === (value === "0") ? "done" : "skip";
  if (key === "agent") return sameAgent(current.get("agent"), value) ? "done" : "skip";
  if (isCardKey(key)) return plugCard(applied.guest, key, value);
  if (isDriveKey(key)) return plugDrive(applied, key, value);
  return "skip";
}

/** The options of the agent whose change needs a start. */
const agentParts = (text: string): string =>
  text
    .split(",")
    .map((part) => (part.includes("=") ? part : `enabled=${part}`))
    .filter((part) => !part.startsWith("fstrim_cloned_disks="))
    .sort()
    .join(",");

function sameAgent(before: string | undefined, after: string): boolean {
  if (before === undefined) return false;
  return agentParts(before) === agentParts(after);
}

/** Bridge, tag, firewall, rate and link change live; another model, MAC or queues is unplugged and plugged. */
function plugCard(guest: Guest, key: string, value: string): Outcome {
  const canPlug = features(guest).has("network");
  const [before, after] = [guest.config.current.get(key), parseCard(value)];
  if (before !== undefined) {
    const old = parseCard(before);
    const isSameDevice =
      old.model === after.model &&
      old.macaddr === after.macaddr &&
      ["queues", "mtu"].every((option) => old.options.get(option) === after.options.get(option));
    if (isSameDevice) return "done";
  }
  if (!canPlug) return "skip";
  checkBridge(after.options.get("bridge"));
  return "done";
}

/** The text of the real problem is QEMU's and was not observed; its shape was. Reference: section 6 */
function checkBridge(bridge: string | undefined): void {
  if (bridge === undefined || bridges.includes(bridge)) return;
  throw failure("netdev_add failed: network script /usr/libexec/qemu-server/pve-bridge failed with status 512");
}

const coldOptions = words("aio discard iothread queues product cache ssd vendor ro");

function plugDrive(applied: Applied, key: string, value: string): Outcome {
  const { datacenter, guest } = applied;
  if (key === "efidisk0" || key === "tpmstate0") return "skip";
  const canPlug = features(guest).has("disk");
  const before = guest.config.current.get(key);
  const drive = parseDrive(key, value);
  if (before === undefined) {
    if (!canPlug || isColdDrive(key)) return "skip";
    return "done";
  }
  const old = parseDrive(key, before);
  if (isCd(old) !== isCd(drive)) throw failure("unable to change media type");
  if (isCd(old)) {
    if (drive.file === "none" && isCloudInit(old)) registerUnused(datacenter, guest, old);
    return "done";
  }
  if (drive.file === old.file) {
    return coldOptions.some((option) => drive.options.get(option) !== old.options.get(option)) ? "skip" : "done";
  }
  if (!canPlug) return "skip";
  checkUnplug(guest, key);
  registerUnused(datacenter, guest, old);
  return isColdDrive(key) ? "skip" : "done";
}
