import type { Mark } from "@nixops4-resources/protocol-core";
import { Rejected } from "../../api/failure.ts";
import type { Parameters } from "../../api/reader.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { whileLocked } from "../../lock.ts";
import type { GuestConfig, Place } from "../config/guest-config.ts";
import { splitTags } from "../config/tags.ts";
import { writeConfig, type Build } from "../config/write.ts";
import { lookingAgain } from "../identity/gone.ts";
import { Identity } from "../identity/identity.ts";
import { descriptionWith, factsIn, markIn, uuidIn, withFacts, wordsIn } from "../identity/machine-mark.ts";
import type { Want } from "../inputs.ts";

/**
 * Writes our mark and the tag that finds the VM, or removes them. An adopted VM keeps its UUID, which the mark then names. A
 * cluster may refuse our tag, which is then left out.
 */
export async function writeMark(
  client: ProxmoxWriter,
  want: Want,
  place: Place,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  const write = (tagged: Build): Promise<void> =>
    writeConfig(client, place, expected, (config) => ({ ...described(want, place, mark, config), ...tagged(config) }));
  const tagged: Build = (config) => tagChange(config, tagsOf(want, mark), tagsOf(factsIn(markIn(config)), expected));
  await lookingAgain(client, place.vmid, () =>
    whileLocked("vm", String(place.vmid), async () => {
      try {
        await write(tagged);
      } catch (error) {
        if (mark === undefined || !(error instanceof Rejected && error.status === 403)) throw error;
        await write(() => undefined);
      }
    }),
  );
}

function described(want: Want, { vmid }: Place, mark: Mark | undefined, config: GuestConfig): Parameters {
  const present = factsIn(markIn(config));
  const facts = {
    name: want.name,
    uuid: uuidIn(config) ?? "",
    vmid,
    tags: present?.tags ?? [],
    extra: present?.extra ?? [],
    image: present?.image,
    template: present?.template,
    cloudInit: present?.cloudInit,
    destroying: false,
  };
  return { description: descriptionWith(wordsIn(config), mark && withFacts(mark, facts)) };
}

/** The tag that finds a VM with this mark. A VM without a mark has none. */
const tagsOf = (named: { readonly name: string } | undefined, mark: Mark | undefined): readonly string[] =>
  named === undefined || mark === undefined ? [] : [new Identity({ managedBy: mark.managedBy, name: named.name }).tag];

/** Undefined if the tags stay as they are. */
function tagChange(config: GuestConfig, added: readonly string[], removed: readonly string[]): Parameters | undefined {
  const present = splitTags(config.get("tags"));
  const tags = [...new Set([...present.filter((tag) => !removed.includes(tag)), ...added])].toSorted();
  if (tags.length === present.length && tags.every((tag) => present.includes(tag))) return undefined;
  return tags.length === 0 ? { delete: "tags" } : { tags: tags.join(";") };
}
