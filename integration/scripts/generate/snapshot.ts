import type { ProviderDescription } from "@nixops4-resources/protocol-core";

/** A provider's interface as it is committed (providers/<name>/schema.json), to see when a change would break users. */
export interface Snapshot {
  resourceTypes: ProviderDescription["resourceTypes"];
  /** The codes only: their words may get better at any time. */
  errors: string[];
}

export function snapshotOf({ resourceTypes, errors }: ProviderDescription): Snapshot {
  return { resourceTypes, errors: Object.keys(errors).sort() };
}

export const snapshotText = (snapshot: Snapshot): string => `${JSON.stringify(snapshot, null, 2)}\n`;
