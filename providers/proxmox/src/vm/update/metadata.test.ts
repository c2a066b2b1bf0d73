import { expect, test } from "vitest";
import { GuestConfig } from "../config/guest-config.ts";
import { descriptionWith, factsIn, markIn, withFacts } from "../identity/machine-mark.ts";
import type { Field, Want } from "../inputs.ts";
import { metadataChanges } from "./metadata.ts";

const facts = {
  name: "web",
  uuid: "12345678-1234-5678-9abc-123456789abc",
  vmid: 100,
  tags: ["blue"],
  extra: ["tablet"],
  image: undefined,
  cloudInit: undefined,
  destroying: false,
};
const mark = { managedBy: "shop", type: "vm" };
const description = descriptionWith("Old", withFacts(mark, facts));
const want: Want = Object({ name: "web", description: "New", tags: ["shop"], extraConfig: {}, cloudInit: null });
const state = { isRunning: false, uptimeSeconds: 0, ha: undefined, isKeptOn: false };

/** What a VM with these tags and `tablet` says after an update of these inputs, and what it removes. */
function after(tagged: string, ...changed: Field[]) {
  const config = new GuestConfig({ description, tags: tagged, tablet: 0 });
  const written = metadataChanges({ want, vmid: 100, mark, changed: new Set(changed), state }, config);
  const { tags, extra } = factsIn(markIn(new GuestConfig({ description: written?.["description"] }))) ?? {};
  return { tags, extra, deleted: written?.["delete"] };
}

test("tags and properties that were declared after our look stay noted until they are removed", () => {
  expect(after("blue;shop", "description")).toEqual({ tags: ["shop", "blue"], extra: ["tablet"], deleted: undefined });
  expect(after("shop", "extraConfig")).toEqual({ tags: ["shop"], extra: [], deleted: "tablet" });
});
