import type { Mark } from "@nixops4-resources/protocol-core";
import { Rejected } from "../../api/failure.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import type { GuestConfig, Place } from "../config/guest-config.ts";
import { splitTags } from "../config/tags.ts";
import { writeConfig } from "../config/write.ts";
import { Identity } from "../identity/identity.ts";
import { factsIn, markIn } from "../identity/machine-mark.ts";
import type { Want } from "../inputs.ts";

/** Writes the declared tags and our own one. Tags of others stay. A cluster may refuse our own tag, which is then left out. */
export async function writeTags(client: ProxmoxWriter, place: Place, mark: Mark, want: Want): Promise<void> {
  const { tag } = new Identity(want);
  const build = (wanted: readonly string[]) => (config: GuestConfig) => {
    const present = splitTags(config.get("tags"));
    const earlier = factsIn(markIn(config))?.tags ?? [];
    const others = present.filter((one) => one === tag || !earlier.includes(one));
    const all = [...new Set([...others, ...wanted])].toSorted();
    if (all.length === present.length && all.every((one) => present.includes(one))) return undefined;
    return all.length === 0 ? { delete: "tags" } : { tags: all.join(";") };
  };
  try {
    await writeConfig(client, place, mark, build([...want.tags, tag]));
  } catch (error) {
    if (!(error instanceof Rejected && error.status === 403)) throw error;
    await writeConfig(client, place, mark, build(want.tags));
    client.warn(
      `the VM ${place.vmid} has no tag ${tag}: the cluster does not permit it (option user-tag-access: ${error.words})`,
    );
  }
}
