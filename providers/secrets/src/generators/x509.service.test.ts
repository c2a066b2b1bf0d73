import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { generate, originOf, type GeneratedText } from "../testing/generate.ts";
import { usePrograms } from "../testing/programs.ts";
import { certificateAuthority } from "./certificate-authority.ts";
import { certificateRequest } from "./certificate-request.ts";
import { certificate } from "./certificate.ts";
import { keyAlgorithms } from "./key-pair.ts";

const { run, file } = usePrograms({ openssl: "openssl" });

const day = 86_400_000;
const partOf = (made: GeneratedText | undefined, name: string): string => made?.public[name] ?? "";

const daysLeft = (made: GeneratedText): number => Math.round((Date.parse(made.expiresAt ?? "") - Date.now()) / day);
const identify = (text: string) =>
  originOf(certificate, { authority: { key: { env: "KEY" }, certificate: text }, commonName: "web" });

/** The input `authority` of the certificate generator. */
const authorityOf = (made: GeneratedText | undefined) => ({
  key: { file: file(made?.value ?? "") },
  certificate: partOf(made, "certificate"),
});

test.each(keyAlgorithms)("signs certificates with %s that openssl verifies", async (algorithm) => {
  const authority = await generate(certificateAuthority, { commonName: "Shop, Ltd. CA", algorithm });
  const server = await generate(certificate, {
    authority: authorityOf(authority),
    commonName: "shop.example",
    dnsNames: ["shop.example", "*.shop.example"],
    ipAddresses: ["192.0.2.1", "2001:db8::1"],
  });
  const [trusted, own] = [file(partOf(authority, "certificate")), file(partOf(server, "certificate"))];
  const names = ["-verify_hostname", "a.shop.example", "-purpose", "sslserver", "-x509_strict"];
  expect(run("openssl", ["verify", ...names, "-CAfile", trusted, own])).toBe(`${own}: OK`);
  expect(run("openssl", ["verify", "-verify_ip", "2001:db8::1", "-CAfile", trusted, own])).toBe(`${own}: OK`);
  expect(() => run("openssl", ["verify", "-purpose", "sslclient", "-CAfile", trusted, own])).toThrow(/purpose/);
  expect(() => run("openssl", ["verify", "-verify_hostname", "b.example", "-CAfile", trusted, own])).toThrow(/[Hh]ost/);
  expect(run("openssl", ["pkey", "-pubout"], server.value)).toBe(
    run("openssl", ["x509", "-noout", "-pubkey", "-in", own]),
  );
  expect(run("openssl", ["x509", "-noout", "-subject", "-in", trusted])).toBe('subject=CN = "Shop, Ltd. CA"');
});

test("outputs the expiry time, which is never after the authority's", async () => {
  const authority = await generate(certificateAuthority, { commonName: "CA", validDays: 30 });
  const inputs = { authority: authorityOf(authority), commonName: "web", usages: ["client" as const] };
  const [short, long] = await Promise.all([
    generate(certificate, { ...inputs, validDays: 7 }),
    generate(certificate, { ...inputs, validDays: 60 }),
  ]);
  expect([authority, short, long].map(daysLeft)).toEqual([30, 7, 30]);
  expect(Date.parse(new X509Certificate(partOf(short, "certificate")).validTo)).toBe(Date.parse(short.expiresAt ?? ""));
  const expiry = run("openssl", ["x509", "-noout", "-enddate", "-dateopt", "iso_8601"], partOf(short, "certificate"));
  expect(expiry.replace("notAfter=", "").replace(" ", "T")).toBe((short.expiresAt ?? "").replace(".000", ""));
});

test("creates an authority that cannot sign other authorities", async () => {
  const text = partOf(await generate(certificateAuthority, { commonName: "CA" }), "certificate");
  expect(run("openssl", ["x509", "-noout", "-ext", "basicConstraints"], text)).toMatch(/CA:TRUE, pathlen:0/);
});

test.each(keyAlgorithms)(
  "creates a request with %s and the wanted fields, which openssl verifies",
  async (algorithm) => {
    const made = await generate(certificateRequest, {
      commonName: "shop.example",
      algorithm,
      dnsNames: ["shop.example"],
      ipAddresses: ["192.0.2.1"],
      usages: ["server", "client"],
    });
    const text = run("openssl", ["req", "-verify", "-noout", "-text"], partOf(made, "request"));
    expect(text).toContain("Subject: CN = shop.example");
    expect(text).toContain("DNS:shop.example, IP Address:192.0.2.1");
    expect(text).toContain("TLS Web Server Authentication, TLS Web Client Authentication");
    expect(made.expiresAt).toBeNull();
    expect(run("openssl", ["pkey", "-pubout"], made.value)).toBe(
      run("openssl", ["req", "-noout", "-pubkey"], partOf(made, "request")),
    );
  },
);

test("rejects the key of another authority", async () => {
  const [one, other] = await Promise.all(
    ["one", "other"].map((commonName) => generate(certificateAuthority, { commonName })),
  );
  const authority = { key: authorityOf(one).key, certificate: partOf(other, "certificate") };
  await expect(generate(certificate, { authority, commonName: "web" })).rejects.toMatchObject({
    code: "secrets.authority.invalid",
    message: "the key of the authority does not match its certificate",
  });
});

test("rejects an invalid key without quoting it", async () => {
  const made = await generate(certificateAuthority, { commonName: "CA" });
  const authority = { key: { file: file("not-a-key") }, certificate: partOf(made, "certificate") };
  const refused = generate(certificate, { authority, commonName: "web" });
  await expect(refused).rejects.toMatchObject({ code: "secrets.authority.invalid" });
  await expect(refused).rejects.not.toMatchObject({ message: expect.stringContaining("not-a-key") });
});

test("identifies the origin by the certificate, and rejects an invalid certificate", async () => {
  const [one, other] = await Promise.all([1, 2].map(() => generate(certificateAuthority, { commonName: "CA" })));
  const first = await identify(partOf(one, "certificate"));
  expect(await identify(`${partOf(one, "certificate")}\n`)).toEqual(first);
  expect(await identify(partOf(other, "certificate"))).not.toEqual(first);
  await expect(identify("-----BEGIN CERTIFICATE-----")).rejects.toMatchObject({ code: "secrets.authority.invalid" });
});
