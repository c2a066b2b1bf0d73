import { describe, expect, test } from "vitest";
import { identityOf, isBeingDeleted, markerOf, markersIn, markIn, namesIn, type Role, type Viewer } from "./marker.ts";

const shop: Viewer = { name: "media", managedBy: "shop", adopt: false, adoptFrom: null };
const of = (managedBy: string, role: Role): string => markerOf({ managedBy, name: "media" }, role);

describe("a marker", () => {
  test("names deployment, role, and the name that the deployment declares", () => {
    expect(of("shop", "created")).toBe(`nixops4.shop.c${identityOf("shop", "media")}`);
    expect(markersIn(["media", of("shop", "adopted")])).toMatchObject([{ owner: "shop", role: "adopted" }]);
  });

  test.each(["a".repeat(37), "a".repeat(38), "-shop", "shop-", "x".repeat(63), `hash-${"0".repeat(24)}`])(
    "of the deployment %s is a valid alias of at most 63 characters, and no other deployment has it",
    (managedBy) => {
      const marker = of(managedBy, "created");
      expect(marker).toMatch(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
      expect(markIn([marker], { ...shop, managedBy })).toEqual({ managedBy, type: "bucket" });
      expect(markIn([marker], shop)?.managedBy).not.toBe("shop");
    },
  );

  test("is no name of the bucket, and other aliases are no marker", () => {
    const others = ["media", "nixops4", "nixops4.org", "nixops4.shop", "nixops4.shop.x0123456789abcdef"];
    expect(markersIn(others)).toEqual([]);
    expect(namesIn([...others, of("shop", "created")])).toEqual(others);
  });
});

describe("the mark in the aliases of a bucket", () => {
  const adopted = { adopted: true };
  test.each<[string, readonly string[], Partial<Viewer>, object | undefined]>([
    ["nothing", [], {}, undefined],
    ["our own", [of("shop", "created")], {}, { managedBy: "shop" }],
    ["what we adopted", [of("shop", "adopted")], {}, { managedBy: "shop", ...adopted }],
    ["another's", [of("bank", "created")], {}, { managedBy: "bank" }],
    [
      "another's deletion",
      [of("bank", "created"), of("bank", "deleting")],
      {},
      { managedBy: "bank", more: { deleting: true } },
    ],
    ["another's takeover of ours", [of("shop", "created"), of("bank", "taking")], {}, { managedBy: "shop" }],
    ["another's takeover after its decisive step", [of("bank", "taking")], {}, { managedBy: "bank", ...adopted }],
    [
      "our takeover before its decisive step",
      [of("bank", "created"), of("shop", "taking")],
      { adoptFrom: "bank" },
      { managedBy: "bank" },
    ],
    ["our takeover after its decisive step", [of("shop", "taking")], { adoptFrom: "bank" }, { managedBy: "bank" }],
    ["our adoption before its last step", [of("shop", "taking"), of("shop", "adopted")], { adopt: true }, undefined],
    ["our takeover that nobody declares any more", [of("shop", "taking")], {}, { managedBy: "shop", ...adopted }],
  ])("shows %s", (_, aliases, viewer, expected) => {
    const mark = markIn(["media", ...aliases], { ...shop, ...viewer });
    expect(mark).toEqual(expected && { type: "bucket", ...expected });
  });

  test("is disputed between two deployments", () => {
    expect(() => markIn([of("shop", "created"), of("bank", "adopted")], shop)).toThrow("bank, shop");
    expect(() => markIn([of("bank", "taking"), of("mill", "taking")], shop)).toThrow("bank, mill");
  });

  test("of a deletion is ours or another's", () => {
    const aliases = ["media", of("shop", "deleting")];
    expect(isBeingDeleted(aliases, shop)).toBe(true);
    expect(isBeingDeleted(aliases, { ...shop, managedBy: "bank" })).toBe(false);
  });
});
