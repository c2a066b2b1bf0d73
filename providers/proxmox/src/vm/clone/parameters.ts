import type { Mark } from "@nixops4-resources/protocol-core";
import type { Parameters } from "../../api/reader.ts";
import { toFlag } from "../../api/values.ts";
import { Identity } from "../identity/identity.ts";
import { descriptionWith, withFacts, wordsIn } from "../identity/machine-mark.ts";
import { hostnameOf, type Want } from "../inputs.ts";
import type { CloneSite } from "./template.ts";

/**
 * All that a clone takes. The notes have our mark, by which the clone is found: it has another UUID at first, and its tags are
 * those of the template.
 */
export function cloneParameters(want: Want, vmid: number, mark: Mark, site: CloneSite): Parameters {
  const { node, template, full, storage } = site;
  const facts = {
    name: want.name,
    uuid: new Identity(want).uuid,
    vmid,
    tags: want.tags,
    extra: Object.keys(want.extraConfig),
    image: undefined,
    template: template.vmid,
    cloning: true,
    cloudInit: undefined,
    destroying: false,
  };
  return {
    newid: vmid,
    name: hostnameOf(want),
    description: descriptionWith(want.description ?? wordsIn(template.config), withFacts(mark, facts)),
    full: toFlag(full),
    ...(want.pool !== null && { pool: want.pool }),
    ...(storage !== undefined && { storage }),
    ...(node !== template.node && { target: node }),
  };
}
