import { describe, expect, test } from "vitest";
import { addressOf, connection, sslModeOf, type Connection } from "./connection.ts";

const parse = (given: object): Connection => connection.parse({ host: "db.example.org", user: "nixops", ...given });
const refusedAt = (given: object): PropertyKey[] | undefined =>
  connection.safeParse({ host: "db.example.org", user: "nixops", ...given }).error?.issues[0]?.path;
const clientCertificate = { certificate: "/run/client.crt", key: { file: "/run/client.key" } };

describe("sslmode, where nothing is said", () => {
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
  ])("with %s it is %s", (host, mode) => {
    expect(sslModeOf(parse({ host }))).toBe(mode);
  });

  test.each([{ ca: "/run/ca.crt" }, { clientCertificate }])("on localhost %o asks for verify-full", (given) => {
    expect(sslModeOf(parse({ host: "localhost", ...given }))).toBe("verify-full");
  });

  test("what is said counts, also on localhost", () => {
    expect(sslModeOf(parse({ host: "localhost", sslmode: "require" }))).toBe("require");
    expect(sslModeOf(parse({ sslmode: "disable" }))).toBe("disable");
  });
});

describe("a connection that cannot be meant is refused", () => {
  test("TLS over a Unix socket", () => expect(refusedAt({ host: "/run", sslmode: "require" })).toEqual(["sslmode"]));

  test("a client certificate without TLS", () => {
    expect(refusedAt({ clientCertificate, sslmode: "disable" })).toEqual(["clientCertificate"]);
    expect(refusedAt({ clientCertificate, host: "/run" })).toEqual(["clientCertificate"]);
  });

  test("an sslmode that gives TLS up when asked to", () => {
    expect(refusedAt({ sslmode: "prefer" })).toEqual(["sslmode"]);
  });
});

test.each([
  [{ host: "db.example.org" }, "db.example.org:5432"],
  [{ host: "::1", port: 5433 }, "[::1]:5433"],
  [{ host: "/run/postgresql" }, "/run/postgresql/.s.PGSQL.5432"],
])("messages call %o %s", (given, address) => {
  expect(addressOf(parse(given))).toBe(address);
});
