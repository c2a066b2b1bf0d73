import { log, MarkChanged, ProviderError, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";
import type { ExpectedMark, SecretVersion, StoredSecret } from "./store.ts";

/**
 * The current version (null), or a version by its number: the current one, or the previous one within its grace period.
 */
export function readableVersion(secret: StoredSecret, wanted: number | null, now: Date): SecretVersion {
  const { name, current, previous } = secret;
  if (wanted === null || wanted === current.version) return current;
  if (wanted !== previous?.version) {
    throw new ProviderError<ErrorCode>(
      `secret ${name} has no version ${wanted}; the current one is ${current.version}`,
      {
        code: "secret.version.missing",
        hint: "Use the version in the output `ref` of the secret's resource",
      },
    );
  }
  const end = graceEnd(secret);
  if (now < end) return previous;
  throw new ProviderError<ErrorCode>(
    `version ${wanted} of secret ${name} was replaced by version ${current.version}, and was readable until ${end.toISOString()}`,
    {
      code: "secret.version.expired",
      hint: `Apply, so that resources that use the output \`ref\` of the secret get version ${current.version}`,
    },
  );
}

/** End of the grace period, in which the previous version is readable. */
export const graceEnd = ({ current, graceSeconds }: StoredSecret): Date =>
  new Date(Date.parse(current.createdAt) + graceSeconds * 1000);

export function missingSecret(name: string, place: string): ProviderError {
  return new ProviderError<ErrorCode>(`${place} has no secret ${name}`, {
    code: "secret.store.missing",
    hint: "Run `nixops4-resources-secrets inventory` to see its secrets",
  });
}

/**
 * The content that a write is about to change, if it carries the expected mark. If a mark is expected, a missing secret
 * is a changed one: another process has removed it since the look.
 */
export function proven<Content>(
  content: Content | undefined,
  markOf: (content: Content) => Mark | undefined,
  expected: ExpectedMark | undefined,
  missing: () => ProviderError,
): Content {
  if (content === undefined) throw expected === undefined ? missing() : new MarkChanged();
  if (expected !== undefined) requireMark(markOf(content), expected.mark);
  return content;
}

/** The results of `look` for secrets that the identity decrypts. Logs a warning for each other secret. */
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
      log.warn("secret not encrypted to this identity", { secret: one.name, place, reason: error.message });
    }
  }
  return secrets;
}
