import { log, ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";
import type { SecretVersion, StoredSecret } from "./store.ts";

/** The version that may be read: the current one (null), or by its number that or the previous one within its grace. */
export function readableVersion(secret: StoredSecret, wanted: number | null, now: Date): SecretVersion {
  const { name, current, previous } = secret;
  if (wanted === null || wanted === current.version) return current;
  if (wanted !== previous?.version) {
    throw new ProviderError<ErrorCode>(
      `secret ${name} has no version ${wanted}; the current one is ${current.version}`,
      {
        code: "secret.version.missing",
        hint: "Take the version from the `ref` that the secret's resource outputs",
      },
    );
  }
  const end = graceEnd(secret);
  if (now < end) return previous;
  throw new ProviderError<ErrorCode>(
    `version ${wanted} of secret ${name} was replaced by version ${current.version}, and could be read until ${end.toISOString()}`,
    {
      code: "secret.version.expired",
      hint: `Use version ${current.version}: apply, and whoever takes the \`ref\` that the secret's resource outputs gets it`,
    },
  );
}

/** Until when the version before the current one may be read. */
export const graceEnd = ({ current, graceSeconds }: StoredSecret): Date =>
  new Date(Date.parse(current.createdAt) + graceSeconds * 1000);

export function missingSecret(name: string, place: string): ProviderError {
  return new ProviderError<ErrorCode>(`there is no secret ${name} in ${place}`, {
    code: "secret.store.missing",
    hint: "See `nixops4-resources-secrets inventory` for those that are there",
  });
}

/** What `look` gives of those that the identity decrypts; it warns of others. */
export async function ofThisIdentity<Kept extends { readonly name: string }>(
  all: readonly Kept[],
  place: string,
  look: (one: Kept) => Promise<StoredSecret | undefined>,
): Promise<StoredSecret[]> {
  const secrets: StoredSecret[] = [];
  for (const one of all) {
    try {
      const secret = await look(one);
      if (secret !== undefined) secrets.push(secret);
    } catch (error) {
      if (!(error instanceof ProviderError && error.code === "secret.identity.mismatch")) throw error;
      log.warn("secret of others", { secret: one.name, place, reason: error.message });
    }
  }
  return secrets;
}
