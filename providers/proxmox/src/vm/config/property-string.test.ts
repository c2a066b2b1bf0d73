import { expect, test } from "vitest";
import { formatProperties, isOn, isSameProperties, parseProperties } from "./property-string.ts";

test("a value without a key belongs to the default key", () => {
  const disk = parseProperties("local:100/vm-100-disk-0.raw,discard=on,size=4G", "file");
  expect([...disk]).toEqual([
    ["file", "local:100/vm-100-disk-0.raw"],
    ["discard", "on"],
    ["size", "4G"],
  ]);
  expect(parseProperties("file=local:1/a,size=1G", "file").get("file")).toBe("local:1/a");
  expect([...parseProperties("", "file")]).toEqual([]);
});

test("the default key is written first and bare, and what has no value is left out", () => {
  const properties = [
    ["ssd", 1],
    ["file", "local:1/a"],
    ["cache", undefined],
  ] as const;
  expect(formatProperties(properties, "file")).toBe("local:1/a,ssd=1");
  expect(formatProperties([["enabled", 1]], "enabled")).toBe("1");
});

test("the order of the keys means nothing", () => {
  expect(isSameProperties("a,x=1,y=2", "y=2,file=a,x=1", "file")).toBe(true);
  expect(isSameProperties("a,x=1", "a,x=2", "file")).toBe(false);
});

test("flags have several spellings", () => {
  expect([isOn("1"), isOn("on"), isOn("0"), isOn("off"), isOn(undefined)]).toEqual([true, true, false, false, false]);
});
