import type { GuestConfig } from "./guest-config.ts";
import { looseValue } from "../values/loose-values.ts";
import { failure } from "../../refusal.ts";

const shown = (key: string, value: string): string | number =>
  // Reference: section 5
  key === "cipassword" ? "**********" : looseValue(key, value);

const asObject = (values: Iterable<readonly [string, string]>): Record<string, string | number> =>
  Object.fromEntries([...values].map(([key, value]) => [key, shown(key, value)]));

/** The configuration as the next start has it, or as it runs. Source: PVE/AbstractConfig.pm: load_current_config */
export function readConfig(config: GuestConfig, isCurrent: boolean): Record<string, string | number> {
  const { current, pending, pendingDelete, digest, parent } = config;
  const origin = parent === undefined ? {} : { parent };
  if (isCurrent) return { ...asObject(current), ...origin, digest };
  const kept = [...current].filter(([key]) => !pendingDelete.has(key));
  return { ...asObject(kept), ...asObject(pending), ...origin, digest };
}

export function readSnapshot({ snapshots, digest }: GuestConfig, name: string): Record<string, string | number> {
  const snapshot = snapshots.get(name);
  if (snapshot === undefined) throw failure(`snapshot '${name}' does not exist`);
  const { values, time, description, parent } = snapshot;
  const more = { ...(description === undefined ? {} : { description }), ...(parent === undefined ? {} : { parent }) };
  return { ...asObject(values), snaptime: time, ...more, digest };
}

/** Current and pending values. Source: PVE/GuestHelpers.pm: config_with_pending_array */
export function readPending({ current, pending, pendingDelete, digest }: GuestConfig): unknown[] {
  const deleted = (key: string): { delete?: 1 | 2 } => {
    const entry = pendingDelete.get(key);
    return entry === undefined ? {} : { delete: entry.force ? 2 : 1 };
  };
  const set = [...current].map(([key, value]) => {
    const next = pending.get(key);
    return {
      key,
      value: shown(key, value),
      ...(next === undefined ? {} : { pending: shown(key, next) }),
      ...deleted(key),
    };
  });
  const added = [...pending]
    .filter(([key]) => !current.has(key))
    .map(([key, value]) => ({ key, pending: shown(key, value) }));
  const gone = [...pendingDelete.keys()]
    .filter((key) => !current.has(key) && !pending.has(key))
    .map((key) => ({ key, ...deleted(key) }));
  return [...set, { key: "digest", value: digest }, ...added, ...gone];
}
