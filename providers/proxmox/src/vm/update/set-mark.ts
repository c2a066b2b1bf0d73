import type { Mark } from "@nixops4-resources/protocol-core";
import type { Parameters } from "../../api/reader.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { whileLocked } from "../../lock.ts";
import type { GuestConfig, Place } from "../config/guest-config.ts";
import { splitTags } from "../config/tags.ts";
import { writeConfig } from "../config/write.ts";
import { lookingAgain } from "../identity/gone.ts";
import { Identity } from "../identity/identity.ts";
import { descriptionWith, factsIn, markIn, uuidIn, withFacts, wordsIn } from "../identity/machine-mark.ts";
import type { Want } from "../inputs.ts";

/** Writes our mark, or removes it. An adopted VM keeps its UUID, which the mark then names. */
export async function writeMark(
  client: ProxmoxWriter,
  want: Want,
  place: Place,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  await lookingAgain(client, place.vmid, () =>
    whileLocked("vm", String(place.vmid), () =>
      writeConfig(client, place, expected, (config) => {
        const present = factsIn(markIn(config));
        const facts = {
          name: want.name,
          uuid: uuidIn(config) ?? "",
          vmid: place.vmid,
          tags: present?.tags ?? [],
          extra: present?.extra ?? [],
          image: present?.image,
          template: present?.template,
          cloudInit: present?.cloudInit,
          destroying: false,
        };
        const description = descriptionWith(wordsIn(config), mark && withFacts(mark, facts));
        return { description, ...(mark === undefined && withoutOwnTag(want, config)) };
      }),
    ),
  );
}

/** A released VM is not found by its tag any more. */
function withoutOwnTag(want: Want, config: GuestConfig): Parameters {
  const { tag } = new Identity(want);
  const tags = splitTags(config.get("tags"));
  if (!tags.includes(tag)) return {};
  const others = tags.filter((one) => one !== tag);
  return others.length === 0 ? { delete: "tags" } : { tags: others.join(";") };
}
