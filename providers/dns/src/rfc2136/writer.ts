import type { Rcode } from "@nixops4-resources/dns-client";
import { Conflict, type BackendWriter, type Update } from "../backend.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { cnameConflict, explainRefusedUpdate } from "./refusal/diagnosis.ts";
import { holds } from "./look.ts";
import { Rfc2136Reader } from "./reader.ts";
import { warnOfUnsigned } from "./unsigned.ts";
import { guardsOf, prerequisitesOf, wireChanges } from "./update.ts";

/** Writes to a primary name server by dynamic updates. */
export class Rfc2136Writer extends Rfc2136Reader implements BackendWriter {
  async plan(update: Update): Promise<void> {
    refuseDnameAtApex(update);
    // Throws for changes that servers ignore.
    wireChanges(update);
  }

  async commit(update: Update): Promise<void> {
    const { zone, prerequisites, changes } = update;
    const guards = guardsOf(update);
    const { rcode, isRepeated } = await this.server.update({
      zone,
      prerequisites: [...prerequisitesOf(prerequisites, zone), ...guards],
      changes: wireChanges(update),
    });
    if (rcode !== "NOERROR") {
      // If the update was repeated, a prerequisite may fail because the first attempt took effect.
      const isDone =
        isRepeated && isPrerequisite(rcode) && (await holds(this.server, zone, prerequisitesOf(changes, zone)));
      if (!isDone) throw await this.#refusal(update, rcode);
    }
    await warnOfUnsigned(this.server, zone);
    const { settings, signal } = this.server;
    if (settings.waitForSecondaries.length === 0) return;
    const { waitForSecondaries } = await import("./secondaries.ts");
    await waitForSecondaries(settings.waitForSecondaries, await this.findZone({ name: zone, type: "SOA" }), signal);
  }

  async #refusal(update: Update, rcode: Rcode): Promise<Error> {
    if (!isPrerequisite(rcode)) return await explainRefusedUpdate(this.server, update, rcode);
    const guards = guardsOf(update);
    const isFree = guards.length === 0 || (await holds(this.server, update.zone, guards));
    return isFree ? new Conflict(rcode) : await cnameConflict(this.server, update);
  }
}

const isPrerequisite = (rcode: Rcode): boolean => /^[YN]X/.test(rcode);

/** No name of the zone is above such a record, and it would hide its mark at any other. */
function refuseDnameAtApex({ zone, changes }: Update): void {
  if (!changes.some(({ name, type, values }) => name === zone && type === "DNAME" && values.length > 0)) return;
  throw failure(
    `a DNAME record at the zone's own name ${displayName(zone)} would hide its mark (RFC 6672)`,
    "dns.dname.apex",
    "Declare DNAME records at names below it, or use `connection.powerdns`",
  );
}
