import { expect, test } from "vitest";
import { dsOfKey } from "./ds.ts";

// RFC 4509, section 2.3; RFC 6605, section 6.2
test("computes the DS records of the standards' examples", () => {
  const rsa =
    "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
  expect(dsOfKey("dskey.example.com.", dnskey(256, 5, rsa))[0]).toBe(
    "60485 5 2 d4b7d520e7bb5f0f67674a0cceb1e3e0614b93c4f9e99b8383f6a1e4469da50a",
  );
  const p384 =
    "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40";
  expect(dsOfKey("example.net.", dnskey(257, 14, p384))[1]).toBe(
    "10771 14 4 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0563a9b5f4d288405c3008a946df983d6",
  );
});

const dnskey = (flags: number, algorithm: number, key: string): Buffer =>
  Buffer.concat([Uint8Array.of(flags >> 8, flags, 3, algorithm), Buffer.from(key, "base64")]);
