import { somethingElse } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { GarageReader } from "../admin/reader.ts";
import type { ApiKey } from "../admin/shapes.ts";
import type { KeyChanges } from "../admin/writer.ts";
import type { Inputs } from "./inputs.ts";

type Settings = Pick<Inputs, "disabled" | "allowCreateBucket">;
interface SeenSettings {
  readonly disabled: boolean | null | typeof somethingElse;
  readonly allowCreateBucket: boolean | null;
}

/** Garage compares with its own clock, which may be behind ours. */
const longAgoMs = 3_600_000;

/** The settings in the form of the inputs; null stays null, since it does not manage a setting. */
export const seenSettings = (key: ApiKey, { disabled, allowCreateBucket }: Settings): SeenSettings => ({
  disabled: disabled === null ? null : isDisabled(key),
  allowCreateBucket: allowCreateBucket === null ? null : key.permissions.createBucket,
});

/** A key that will expire is neither disabled nor enabled for good. */
function isDisabled({ expired = false, expiration }: ApiKey): boolean | typeof somethingElse {
  if (expired) return true;
  return expiration == null ? false : somethingElse;
}

/** What to send so that the key has the wanted settings; undefined if it has them. */
export function changesTo(key: ApiKey, want: Settings): KeyChanges | undefined {
  const seen = seenSettings(key, want);
  const changes: KeyChanges = {
    ...(seen.disabled !== want.disabled &&
      (want.disabled === true
        ? { expiration: new Date(Date.now() - longAgoMs).toISOString() }
        : { neverExpires: true })),
    ...(seen.allowCreateBucket !== want.allowCreateBucket &&
      (want.allowCreateBucket === true ? { allow: { createBucket: true } } : { deny: { createBucket: true } })),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}

/** Garage 1.x would ignore the expiration without a word. */
export async function requireSupport(garage: GarageReader, { disabled }: Settings): Promise<void> {
  if (disabled === null || (await garage.generation()) === 2) return;
  throw failure(
    `\`disabled\` needs Garage 2.0, and ${garage.connection.url} has an older version`,
    "garage.version.unsupported",
    "Upgrade Garage, or leave out `disabled`",
  );
}
