import { describe, expect, test } from "vitest";
import { addressOf, connection, sslModeOf, type Connection } from "./connection.ts";

const parse = (given: object): Connection => connection.parse({ host: "db.example.org", user: "nixops", ...given });
const rejectedPath = (given: object): PropertyKey[] | undefined =>
  connection.safeParse({ host: "db.example.org", user: "nixops", ...given }).error?.issues[0]?.path;
const clientCertificate = { certificate: "/run/client.crt", key: { file: "/run/client.key" } };

describe("the default sslmode", () => {
  test.each([
    ["db.example.org", "verify-full"],
    ["192.0.2.1", "verify-full"],
    ["2001:db8::1", "verify-full"],
    // It may resolve to anything.
    ["localhost.example.org", "verify-full"],
    ["localhost", "disable"],
    ["127.0.0.1", "disable"],
    ["127.8.8.8", "disable"],
    ["::1", "disable"],
    ["/run/postgresql", "disable"],
  ])("of %s is %s", (host, mode) => {
    expect(sslModeOf(parse({ host }))).toBe(mode);
  });

  test.each([{ ca: "/run/ca.crt" }, { clientCertificate }])("on localhost with %o is verify-full", (given) => {
    expect(sslModeOf(parse({ host: "localhost", ...given }))).toBe("verify-full");
  });

  test("is overridden by `sslmode`, also on localhost", () => {
    expect(sslModeOf(parse({ host: "localhost", sslmode: "require" }))).toBe("require");
    expect(sslModeOf(parse({ sslmode: "disable" }))).toBe("disable");
  });
});

describe("a contradictory connection", () => {
  test("rejects TLS over a Unix socket", () =>
    expect(rejectedPath({ host: "/run", sslmode: "require" })).toEqual(["sslmode"]));

  test("rejects a client certificate without TLS", () => {
    expect(rejectedPath({ clientCertificate, sslmode: "disable" })).toEqual(["clientCertificate"]);
    expect(rejectedPath({ clientCertificate, host: "/run" })).toEqual(["clientCertificate"]);
  });

  test("rejects an sslmode that allows connections without TLS", () => {
    expect(rejectedPath({ sslmode: "prefer" })).toEqual(["sslmode"]);
  });
});

test.each([
  [{ host: "db.example.org" }, "db.example.org:5432"],
  [{ host: "::1", port: 5433 }, "[::1]:5433"],
  [{ host: "/run/postgresql" }, "/run/postgresql/.s.PGSQL.5432"],
])("addressOf %o is %s", (given, address) => {
  expect(addressOf(parse(given))).toBe(address);
});
