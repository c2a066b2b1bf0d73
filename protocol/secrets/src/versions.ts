import { log, MarkChanged, ProviderError, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";
import type { ExpectedMark, SecretVersion, StoredSecret } from "./store.ts";

/**
 * How dependents get a new reference. NixOps4 skips a member with a state whose inputs did not change, so that applying
 * again would change nothing.
 */
const waysOn =
  "Apply; if the secret's resource has a state, raise its `generation` first, or run `nixops4-resources-state forget` for it";

/**
 * The current version (null), or a version by its number: the current one, or the previous one within its grace period. If
 * `id` is not null, the version must have that id.
 */
export function readableVersion(
  secret: StoredSecret,
  { version: wanted, id }: { version: number | null; id: string | null },
  now: Date,
): SecretVersion {
  const { name, current, previous } = secret;
  const found = wanted === null ? current : [current, previous].find((each) => each?.version === wanted);
  if (found == null) {
    throw new ProviderError<ErrorCode>(
      `secret ${name} has no version ${wanted}; the current one is ${current.version}`,
      { code: "secret.version.missing", hint: waysOn },
    );
  }
  requireId(name, found.version, found.id, id);
  if (found === current) return current;
  const end = graceEnd(secret);
  if (now < end) return found;
  throw new ProviderError<ErrorCode>(
    `version ${wanted} of secret ${name} was replaced by version ${current.version}, and was readable until ${end.toISOString()}`,
    {
      code: "secret.version.expired",
      hint: waysOn,
    },
  );
}

/** Throws `secret.version.missing` unless the version has the wanted id, if one is wanted. */
export function requireId(name: string, version: number, id: string, wanted: string | null): void {
  if (wanted === null || wanted === id) return;
  throw new ProviderError<ErrorCode>(
    `version ${version} of secret ${name} is not the one that the reference names: the store was restored from a backup, or the secret was deleted and created again`,
    { code: "secret.version.missing", hint: waysOn },
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
