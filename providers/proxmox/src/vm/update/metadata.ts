import type { Mark } from "@nixops4-resources/protocol-core";
import type { Parameters } from "../../api/reader.ts";
import { cloudInitChanges, instanceOf } from "../cloud-init/parameters.ts";
import { isBootedSince } from "../cloud-init/pending.ts";
import type { GuestConfig } from "../config/guest-config.ts";
import { settingFields, settingsOf, type Settings } from "../config/settings.ts";
import { splitTags } from "../config/tags.ts";
import {
  descriptionWith,
  factsIn,
  markIn,
  uuidIn,
  withFacts,
  wordsIn,
  type BootedWith,
  type Facts,
} from "../identity/machine-mark.ts";
import type { Field, Want } from "../inputs.ts";
import { cardChanges } from "../network/changes.ts";
import type { PowerState } from "../power/power.ts";

/** What an update writes. */
export interface Rewrite {
  readonly want: Want;
  readonly vmid: number;
  readonly mark: Mark;
  readonly changed: ReadonlySet<Field>;
  readonly state: PowerState;
}

/** All that differs, but for disks and tags, in one write. Undefined if nothing does. */
export function metadataChanges(rewrite: Rewrite, config: GuestConfig): Parameters | undefined {
  const { want, changed, mark } = rewrite;
  const { set, remove } = settingsFor(rewrite, config);
  const altered = Object.entries(set).filter(([key, value]) => config.get(key)?.trimEnd() !== String(value));
  const present = remove.filter((key) => config.get(key) !== undefined && !(key in set));
  const later = config.with(Object.fromEntries(altered), present);
  const words = changed.has("description") ? (want.description ?? "") : wordsIn(config);
  const description = descriptionWith(words, withFacts(mark, factsFor(rewrite, config, later)));
  const isDescribed = config.get("description")?.trimEnd() === description;
  if (altered.length === 0 && present.length === 0 && isDescribed) return undefined;
  return {
    ...Object.fromEntries(altered),
    ...(present.length > 0 && { delete: present.join(",") }),
    ...(!isDescribed && { description }),
  };
}

function settingsFor({ want, changed }: Rewrite, config: GuestConfig): Settings {
  const parts: Settings[] = settingFields
    .filter((field) => changed.has(field) || (field === "onboot" && changed.has("power")))
    .map((field) => settingsOf(field, want, config));
  if (changed.has("nics")) parts.push(cardChanges(want, config));
  if (changed.has("cloudInit") && want.cloudInit !== null) parts.push(cloudInitChanges(want.cloudInit, config));
  const earlier = factsIn(markIn(config))?.extra ?? [];
  if (changed.has("extraConfig")) parts.push({ set: {}, remove: earlier.filter((key) => !(key in want.extraConfig)) });
  return {
    set: Object.assign({}, ...parts.map(({ set }) => set)),
    remove: parts.flatMap(({ remove }) => remove),
  };
}

function factsFor({ want, vmid, state }: Rewrite, before: GuestConfig, later: GuestConfig): Facts {
  const present = factsIn(markIn(before));
  const booted = present?.cloudInit;
  const isManaged = booted !== undefined || want.cloudInit !== null;
  // What somebody declared after our look may still be there. It stays noted until it has been removed.
  const tags = splitTags(later.get("tags"));
  const leftTags = present?.tags.filter((tag) => tags.includes(tag)) ?? [];
  const leftExtra = present?.extra.filter((key) => later.get(key) !== undefined) ?? [];
  return {
    name: want.name,
    uuid: present?.uuid ?? uuidIn(before) ?? "",
    vmid,
    tags: [...new Set([...want.tags, ...leftTags])],
    extra: [...new Set([...Object.keys(want.extraConfig), ...leftExtra])],
    image: present?.image,
    template: present?.template,
    cloudInit: isManaged ? bootedWith(booted, instanceOf(before), instanceOf(later), state) : undefined,
    destroying: false,
  };
}

/** A guest that runs keeps the settings of its last boot. */
function bootedWith(
  booted: BootedWith | undefined,
  before: string,
  later: string,
  { isRunning, uptimeSeconds }: PowerState,
): BootedWith {
  if (!isRunning) return booted !== undefined && later === before ? booted : { id: later };
  const isRebooted = booted?.changedAt !== undefined && isBootedSince(booted.changedAt, uptimeSeconds);
  const id = booted === undefined || isRebooted ? before : booted.id;
  if (later === id) return { id };
  const since = later === before && !isRebooted ? booted?.changedAt : undefined;
  return { id, changedAt: since ?? Math.ceil(Date.now() / 1000) };
}
