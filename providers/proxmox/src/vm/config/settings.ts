// Inputs that are plain properties of the configuration.
import { somethingElse, type Seen } from "@nixops4-resources/protocol-core";
import { toFlag } from "../../api/values.ts";
import { hostnameOf, type Field, type inputs, type outputs, type Want } from "../inputs.ts";
import type { GuestConfig } from "./guest-config.ts";
import { formatProperties, isOn, isSameProperties, parseProperties } from "./property-string.ts";

/** Properties to set, and those to remove. */
export interface Settings {
  readonly set: Readonly<Record<string, string | number>>;
  readonly remove: readonly string[];
}

/** The properties of an input; nothing for one that is left as it is. */
export function settingsOf(field: SettingField, want: Want, config?: GuestConfig): Settings {
  switch (field) {
    case "hostname":
      return only({ name: hostnameOf(want) });
    case "cpu":
      return cpuSettings(want, config);
    case "memoryMib":
      return only({ memory: String(want.memoryMib) });
    case "balloonMib":
      return only({ balloon: want.balloonMib ?? undefined });
    case "agent":
      return only({ agent: agentText(want.agent, config) });
    case "serial":
      return want.serial ? only({ serial0: "socket" }) : { set: {}, remove: ["serial0"] };
    case "machine":
      return only({ machine: want.machine ?? undefined });
    case "bios":
      return only({ bios: want.bios });
    case "onboot":
      return only({ onboot: toFlag(effectiveOnboot(want)) });
    case "startup":
      return only({ startup: want.startup ?? undefined });
    case "protection":
      return only({ protection: toFlag(want.protection) });
    case "extraConfig":
    default:
      return { set: want.extraConfig, remove: [] };
  }
}

/** Fields that `settingsOf` knows. */
export const settingFields = [
  "hostname",
  "cpu",
  "memoryMib",
  "balloonMib",
  "agent",
  "serial",
  "machine",
  "bios",
  "onboot",
  "startup",
  "protection",
  "extraConfig",
] as const satisfies readonly Field[];

type SettingField = (typeof settingFields)[number];

function only(values: Readonly<Record<string, string | number | undefined>>): Settings {
  const set: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) set[key] = value;
  return { set, remove: [] };
}

/** Limit and weight have no value that means the default, so they are removed. */
function cpuSettings({ cpu: { cores, sockets, type, limit, units } }: Want, config?: GuestConfig): Settings {
  const { set } = only({
    cores,
    sockets,
    cpu: type ?? undefined,
    cpulimit: limit ?? undefined,
    cpuunits: units ?? undefined,
  });
  const remove = Object.entries({ cpulimit: limit, cpuunits: units })
    .filter(([key, value]) => value === null && config?.get(key) !== undefined)
    .map(([key]) => key);
  return { set, remove };
}

/** Other settings of the agent stay. */
function agentText(isEnabled: boolean, config: GuestConfig | undefined): string {
  const properties = parseProperties(config?.get("agent") ?? "", "enabled");
  return formatProperties([...properties, ["enabled", toFlag(isEnabled)]], "enabled");
}

/** A VM that shall be stopped does not start together with its node. */
const effectiveOnboot = ({ power, onboot }: Pick<Want, "power" | "onboot">): boolean => power !== "stopped" && onboot;

/** The plain properties in the shape of the inputs. */
export function seenSettings(
  want: Want,
  config: GuestConfig,
  isRunning: boolean,
): Seen<typeof inputs, typeof outputs>["inputs"] {
  const name = config.get("name") ?? "";
  const startup = config.get("startup");
  return {
    hostname: name === hostnameOf(want) ? want.hostname : name,
    cpu: seenCpu(want.cpu, config),
    memoryMib: Number(parseProperties(config.get("memory") ?? "512", "current").get("current")),
    balloonMib: want.balloonMib === null ? null : (config.number("balloon") ?? somethingElse),
    agent: isOn(parseProperties(config.get("agent") ?? "", "enabled").get("enabled")),
    serial: config.get("serial0") === "socket",
    machine: seenText(want.machine, config.get("machine"), "type"),
    bios: config.get("bios") === "ovmf" ? ("ovmf" as const) : ("seabios" as const),
    onboot: seenOnboot(want, config.flag("onboot") ?? false, isRunning),
    startup: want.startup === null ? null : (startup ?? somethingElse),
    protection: config.flag("protection") ?? false,
  };
}

/** A change of the power state writes it, too. */
function seenOnboot(want: Want, isOnboot: boolean, isRunning: boolean): boolean | typeof somethingElse {
  const isPowerOther = want.power !== null && (want.power === "running") !== isRunning;
  if (isPowerOther || isOnboot === effectiveOnboot(want)) return want.onboot;
  return want.power === "stopped" ? somethingElse : isOnboot;
}

function seenCpu(wanted: Want["cpu"], config: GuestConfig): Want["cpu"] {
  const limit = config.number("cpulimit") ?? 0;
  return {
    cores: config.number("cores") ?? 1,
    sockets: config.number("sockets") ?? 1,
    type: wanted.type === null ? null : sameOr(wanted.type, config.get("cpu") ?? "kvm64", "cputype"),
    limit: limit === 0 ? null : limit,
    units: config.number("cpuunits") ?? null,
  };
}

function seenText(
  wanted: string | null,
  present: string | undefined,
  defaultKey: string,
): string | typeof somethingElse | null {
  if (wanted === null) return null;
  return present === undefined ? somethingElse : sameOr(wanted, present, defaultKey);
}

/** The wanted text if the present one means the same: Proxmox sorts the keys. */
const sameOr = (wanted: string, present: string, defaultKey: string): string =>
  isSameProperties(wanted, present, defaultKey) ? wanted : present;

/** Declared properties, and earlier ones that are still there. */
export function seenExtra(
  wanted: Want["extraConfig"],
  earlier: readonly string[],
  config: GuestConfig,
): Record<string, string> {
  const keys = [...Object.keys(wanted), ...earlier.filter((key) => !(key in wanted))];
  const seen: [string, string][] = keys.flatMap((key) => {
    const present = config.get(key);
    if (present === undefined) return [];
    return [[key, sameOr(wanted[key] ?? "", present, "")]];
  });
  return Object.fromEntries(seen);
}
