import type { GarageVersion } from "@nixops4-resources/integration-servers/garage/binary";
import { startGarage, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { describe } from "vitest";

/** Describes tests once per version of Garage. Those of the old version are skipped if it is not built. */
export function describeGarage(
  subject: string,
  tests: (server: () => GarageServer, version: GarageVersion) => void,
  versions: readonly GarageVersion[] = ["2.5.0"],
): void {
  for (const version of versions) {
    describe(`${subject} on Garage ${version}`, () =>
      tests(
        serverOf(() => startGarage(version)),
        version,
      ));
  }
}
