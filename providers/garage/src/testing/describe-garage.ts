import { findGarage, type GarageVersion } from "@nixops4-resources/integration-servers/garage/binary";
import { startGarage, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { describe } from "vitest";

/** Describes tests once per version of Garage. The old version is left out if it is not built and nobody asked for it. */
export function describeGarage(
  subject: string,
  tests: (server: () => GarageServer, version: GarageVersion) => void,
  versions: readonly GarageVersion[] = ["2.5.0"],
): void {
  for (const version of versions) {
    describe.skipIf(version === "1.3.0" && isLeftOut(version))(`${subject} on Garage ${version}`, () =>
      tests(
        serverOf(() => startGarage(version)),
        version,
      ),
    );
  }
}

function isLeftOut(version: GarageVersion): boolean {
  if (process.env["WHOLE_CONTRACT"] === "1") return false;
  try {
    findGarage(version);
    return false;
  } catch {
    return true;
  }
}
