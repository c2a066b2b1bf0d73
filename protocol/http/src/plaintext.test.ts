import { expect, test } from "vitest";
import * as z from "zod/mini";
import { endpointChecks, endpointInputs } from "./connection.ts";

const connection = z.strictObject(endpointInputs("https://api.example.org")).check(...endpointChecks);
const accepts = (inputs: object): boolean => connection.safeParse(inputs).success;

test.each(["http://localhost:8081", "http://127.0.0.1", "http://127.9.9.9:3903/base", "http://[::1]:80"])(
  "accepts %s, since it does not leave this machine",
  (url) => {
    expect(accepts({ url })).toBe(true);
  },
);

test.each([
  "http://ns1.example.org:8081",
  "http://192.0.2.1",
  "http://localhost.example.org",
  "http://127.0.0.1.example.org",
  "http://[2001:db8::1]",
  "http://0.0.0.0",
])("rejects %s unless `allowPlaintext` is set", (url) => {
  expect(accepts({ url })).toBe(false);
  expect(accepts({ url, allowPlaintext: true })).toBe(true);
  expect(accepts({ url: url.replace("http:", "https:") })).toBe(true);
});

test("rejects a URL with credentials, which messages would repeat", () => {
  expect(accepts({ url: "https://user:password@ns1.example.org" })).toBe(false);
});
