import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBind } from "@nixops4-resources/integration-servers/dns/bind";
import { findOctodns, octodnsFolder } from "@nixops4-resources/integration-servers/dns/octodns";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { isWholeContract, type ProgramAccess } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { afterAll, describe } from "vitest";
import records from "./records.ts";
import { bypass, terms, zone } from "../testing/mail-records.ts";
import { byOctodns, NameServerBackend } from "../testing/name-server-backend.ts";

const folder = mkdtempSync(join(tmpdir(), "nixops4-octodns-runs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const standIns = join(folder, "stand-ins");
/** Runs with a checksum write; all others only plan. */
const programs: ProgramAccess = {
  kind: "programs",
  programs: ["octodns-sync"],
  isWrite: (call) => call.includes(" --checksum "),
  folder: standIns,
};

describe("by OctoDNS", { timeout: 180_000 }, () => {
  const server = serverOf(startBind);
  serverOf(async () => {
    await findOctodns();
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  });
  // OctoDNS' own connection is interrupted only by the whole contract: a run of it fails as one.
  const isWhole = isWholeContract();
  testResource(records, {
    ...terms,
    ...bypass,
    neverOvertaken: "OctoDNS proves a plan and no mark; ADR 8 says what remains possible.",
    slow: "Each lookup and each write starts Python.",
    reached: isWhole ? "network" : "programs",
    environment: { PATH: `${standIns}:${octodnsFolder()}:${process.env["PATH"]}` },
    backend: () =>
      NameServerBackend.make(server(), [zone], byOctodns(server().address, [zone], isWhole ? undefined : programs)),
  });
});
