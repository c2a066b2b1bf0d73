import { expect, test } from "vitest";
import { GuestConfig } from "../config/guest-config.ts";
import { descriptionWith, factsIn, markIn, uuidIn, withFacts, wordsIn } from "./machine-mark.ts";

const facts = {
  name: "web",
  uuid: "12345678-1234-5678-9abc-123456789abc",
  vmid: 100,
  tags: ["a"],
  extra: ["vga"],
  image: "local:import/a.qcow2",
  cloudInit: { id: "0123", changedAt: 5 },
  destroying: true,
};

test("what the mark says comes back from the notes, and members of later versions stay", () => {
  const mark = withFacts({ managedBy: "shop", type: "vm", more: { later: 1, name: "old" } }, facts);
  const config = new GuestConfig({ description: `${descriptionWith("Two\nlines", mark)}\n` });
  expect(markIn(config)).toEqual(mark);
  expect(factsIn(markIn(config))).toEqual(facts);
  expect(wordsIn(config)).toBe("Two\nlines");
  expect(mark.more).toMatchObject({ later: 1, name: "web" });
});

test("what is empty is left out, and a mark without facts has none", () => {
  const plain = { ...facts, tags: [], extra: [], image: undefined, cloudInit: undefined, destroying: false };
  const { more } = withFacts({ managedBy: "shop", type: "vm" }, plain);
  expect(more).toEqual({ name: "web", uuid: facts.uuid, vmid: 100 });
  expect(factsIn({ managedBy: "shop", type: "vm" })).toBeUndefined();
  expect(factsIn({ managedBy: "shop", type: "pool", more: { ...more } })).toBeUndefined();
  expect(factsIn({ managedBy: "shop", type: "vm", more: { name: 1 } })).toBeUndefined();
});

test("the UUID is one of the properties of smbios1", () => {
  expect(uuidIn(new GuestConfig({ smbios1: `base64=1,uuid=${facts.uuid.toUpperCase()},sku=x` }))).toBe(facts.uuid);
  expect(uuidIn(new GuestConfig({}))).toBeUndefined();
});
