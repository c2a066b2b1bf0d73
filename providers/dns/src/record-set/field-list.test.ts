import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { recordSet } from "./record-set.ts";
import { canonicalValues } from "./value.ts";

describe("the documentation of `values`", () => {
  test.each([
    ["SRV", { priority: 0, weight: 5, port: 443, target: "a.test." }],
    ["CAA", { flags: 0, tag: "issue", value: "ca.test" }],
    ["CAA", { tag: "issue", value: "ca.test" }],
    ["SSHFP", { algorithm: 4, fingerprintType: 2, fingerprint: "ab" }],
    ["SVCB", { priority: 1, target: "a.test.", parameters: { alpn: ["h2"], port: 443, ipv4hint: ["192.0.2.1"] } }],
    ["HTTPS", { priority: 1, target: "a.test." }],
    ["TXT", { text: ["a", "b"] }],
    ["LOC", { latitude: "52 22 23.5 N", longitude: "4 53 E", altitudeMeters: -2.5, sizeMeters: 20 }],
    ["URI", { priority: 10, weight: 1, target: "https://a.test/" }],
    ["CERT", { certificateType: 1, keyTag: 0, algorithm: 0, certificate: "AQID" }],
  ])("lists the fields of %s, as in %o", (type, fields) => {
    const { description = "" } = z.globalRegistry.get(recordSet.values) ?? {};
    const [, listed = ""] = new RegExp(`\\b${type} has ([^;.]*)[;.]`).exec(description) ?? [];
    expect(listed.match(/\w+/g)).toEqual(expect.arrayContaining(Object.keys(fields)));
    expect(canonicalValues(type, [fields], "values")).toHaveLength(1);
  });
});
