import { describe, expect, test } from "vitest";
import { canonicalHost, isLoopback } from "./loopback.ts";

const hostOf = (url: string): string => new URL(url).hostname;

describe("a host", () => {
  test.each([
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.0.0.1",
    "127.1",
    "127.8.9.10",
    "2130706433",
    "0x7f.1",
    "[::1]",
  ])("%s is loopback", (host) => {
    expect(isLoopback(hostOf(`http://${host}:8081`))).toBe(true);
    expect(canonicalHost(hostOf(`http://${host}:8081`))).toBe("localhost");
  });

  test.each(["::ffff:127.0.0.1", "::ffff:7f00:1", "::1", "127.0.0.53"])(
    "with the address %s is loopback",
    (address) => {
      expect(isLoopback(address)).toBe(true);
    },
  );

  test.each([
    "localhost.example.org",
    "127.0.0.1.example.org",
    "example.org",
    "0.0.0.0",
    "128.0.0.1",
    "10.0.0.1",
    "[::]",
    "[::2]",
    "[::ffff:10.0.0.1]",
    "[::ffff:8000:1]",
    "[2001:db8::1]",
  ])("%s is not loopback", (host) => {
    expect(isLoopback(hostOf(`http://${host}`))).toBe(false);
  });
});
