import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { findOctodns } from "@nixops4-resources/integration-servers/dns/octodns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-core/testing";
import { describe } from "vitest";
import records from "./records.ts";
import { bypass, terms, zone } from "../testing/mail-records.ts";
import { byOctodns, NameServerBackend } from "../testing/name-server-backend.ts";

// Each lookup and each write starts Python.
describe("by OctoDNS", { timeout: 180_000 }, () => {
  const server = serverOf(startBind);
  const octodns = serverOf(async () => ({
    command: await findOctodns(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));
  testResource(records, {
    ...terms,
    ...bypass,
    backend: () => NameServerBackend.make(server(), [zone], byOctodns(server().address, [zone], octodns().command)),
  });
});
