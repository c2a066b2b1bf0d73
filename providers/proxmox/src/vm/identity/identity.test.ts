import { expect, test } from "vitest";
import { Identity, isOwnTag } from "./identity.ts";

const identity = new Identity({ managedBy: "shop", name: "web" });

const valuesOf = (one: Identity) => [one.uuid, one.tag, one.macOf("net0"), one.nodeOf(["pve1", "pve2"])];

test("deployment and name determine uuid, tag, node and MAC addresses", () => {
  const again = new Identity({ managedBy: "shop", name: "web" });
  const other = new Identity({ managedBy: "shop", name: "db" });
  expect(identity.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(isOwnTag(identity.tag)).toBe(true);
  expect(identity.macOf("net0")).toMatch(/^BC:24:11(:[0-9A-F]{2}){3}$/);
  expect(valuesOf(again)).toEqual(valuesOf(identity));
  expect(other.uuid).not.toBe(identity.uuid);
  expect(identity.macOf("net1")).not.toBe(identity.macOf("net0"));
});

test("the ids are all of the range, each once", () => {
  const ids = [...identity.vmids({ first: 2000, last: 2009 })];
  expect(ids.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 10 }, (_, index) => 2000 + index));
  expect([...identity.vmids({ first: 500, last: 500 })]).toEqual([500]);
});
