import type { Scope } from "../config/key-permissions.ts";
import { requireOnVm } from "../config/key-permissions.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { splitList } from "../../http/parameters.ts";
import { forbidden } from "../../refusal.ts";

/** Lower case, sorted, each once. Reference: section 5 */
export const uniqueTags = (text: string): string =>
  [...new Set(splitList(text).map((tag) => tag.toLowerCase()))].sort().join(";");

/** Whether the caller may add or remove each tag that differs. Source: PVE/GuestHelpers.pm: assert_tag_permissions */
export function checkTags(datacenter: Datacenter, scope: Scope, before: string, after: string): void {
  const { permissions } = datacenter.access;
  const [old, now] = [uniqueTags(before).split(";"), uniqueTags(after).split(";")];
  const changed = [...new Set([...old, ...now])].filter((tag) => tag !== "" && old.includes(tag) !== now.includes(tag));
  if (permissions.has(scope.caller, "/", "Sys.Modify")) return;
  const { allowed, registered } = datacenter.options.tagRule(existingTags(datacenter));
  for (const tag of changed.sort()) {
    requireOnVm({ ...scope, pool: undefined }, "VM.Config.Options");
    const isAllowed = allowed === "any" || allowed.includes(tag);
    if (!isAllowed || registered.includes(tag)) throw forbidden(`/, Sys.Modify for modifying tag '${tag}'`);
  }
}

export const existingTags = ({ guests }: Datacenter): readonly string[] =>
  [...guests.values()].flatMap(({ config }) => splitList(config.current.get("tags") ?? ""));
