import { expect, test } from "vitest";
import { networkIn, networkKey } from "./network.ts";

test.each([
  ["192.0.2.5", "192.0.2.5/32"],
  ["2001:DB8::5", "2001:db8:0:0::5/128"],
  ["2001:db8::/64", "2001:0db8:0:0:0:0:0:0/64"],
  ["::", "0::0/128"],
])("%s and %s are the same", (one, other) => {
  expect(networkIn(one)).toBeDefined();
  expect(networkKey(one)).toBe(networkKey(other));
});

test.each([
  "192.0.2.5/24",
  "192.0.2.256",
  "192.0.2",
  "2001:db8::1/64",
  "1::2::3",
  "1:2:3:4:5:6:7:8:9",
  "::/129",
  "guest/web",
])("%s is no network, or has host bits", (text) => {
  expect(networkIn(text)).toBeUndefined();
  expect(networkKey(text)).toBe(text);
});

test("an IPv4 network is not an IPv6 network of the same bits", () => {
  expect(networkKey("0.0.0.1")).not.toBe(networkKey("::1"));
});
