import { ProviderError } from "@nixops4-resources/protocol-core";
import { sql, sqlStateOf, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";

/** A version of an extension that the server can install. */
interface Release {
  version: string;
  isDefault: boolean;
  /** Whether CREATE on the database is sufficient to install it. Otherwise only a superuser can. */
  isTrusted: boolean;
  /** Required extensions that are not installed in the database. */
  missing: string[];
}

/** Finds the version to install. Throws if the server does not have it, or if required extensions are not installed. */
export async function checkRelease(
  session: ReadSession,
  { name, version, cascade }: { name: string; version: string | null; cascade: boolean },
): Promise<Release> {
  const releases = await releasesOf(session, name);
  if (releases.length === 0) throw filesMissing(name, session.facts.majorVersion);
  const release = releases.find((one) => (version === null ? one.isDefault : one.version === version));
  if (release === undefined) throw versionMissing(name, version, releases);
  if (release.missing.length > 0 && !cascade) throw dependenciesMissing(name, release);
  return release;
}

/** Rejects a downgrade, and an update for which the extension has no script. */
export async function checkUpdate(session: ReadSession, name: string, from: string, to: string): Promise<void> {
  if (compareVersions(to, from) < 0) {
    throw failure(`version ${from} is installed, and ${to} is older`, "postgres.extension.downgrade", {
      hint: `Set \`version\` to ${from} or null; or drop the extension and its dependents manually, then apply again`,
    });
  }
  const releases = await releasesOf(session, name);
  if (releases.length === 0) throw filesMissing(name, session.facts.majorVersion);
  if (!releases.some(({ version }) => version === to)) throw versionMissing(name, to, releases);
  const paths = await session.query(sql`
    select path from pg_extension_update_paths(${name}) where source = ${from} and target = ${to} and path is not null`);
  if (paths.length > 0) return;
  throw failure(`the extension has no script to update ${from} to ${to}`, "postgres.extension.version", {
    hint: "Follow the update instructions of the extension: many updates go through another version, or a dump and restore",
  });
}

/** Compares numbers within versions numerically, since PostgreSQL defines no order of versions. */
const compareVersions = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** https://www.postgresql.org/docs/18/view-pg-available-extension-versions.html */
function releasesOf(session: ReadSession, name: string): Promise<Release[]> {
  return session.query<Release>(sql`
    select v.version, v.version = a.default_version as "isDefault", v.trusted or not v.superuser as "isTrusted",
      array(select unnest(v.requires) except select extname from pg_extension)::text[] as missing
    from pg_available_extension_versions v join pg_available_extensions a on a.name = v.name
    where v.name = ${name}`);
}

/** Explains a rejected CREATE EXTENSION: the server's message does not say who may install it. */
export function explainUntrusted(error: unknown, { isTrusted }: Release): unknown {
  if (sqlStateOf(error) !== "42501" || isTrusted) return error;
  return failure(
    "only a superuser may install it, since it is not a trusted extension",
    "postgres.extension.untrusted",
    {
      hint: "Run CREATE EXTENSION as a superuser (or as the role that a managed server offers), then adopt it with `adopt = true`",
      cause: error,
    },
  );
}

function filesMissing(name: string, majorVersion: number): ProviderError<ErrorCode> {
  return failure(`the server has no files of the extension ${name}`, "postgres.extension.unavailable", {
    hint: `Install the package with the extension on the server: postgresql-${majorVersion}-<name> on Debian, \`services.postgresql.extensions\` on NixOS, often postgresql-contrib elsewhere; on a managed server, enable it there`,
  });
}

function versionMissing(name: string, version: string | null, releases: readonly Release[]): ProviderError<ErrorCode> {
  const available = releases.map((one) => one.version).sort(compareVersions);
  const wanted = version === null ? "the default version" : `version ${version}`;
  return failure(`the server has no ${wanted} of ${name}`, "postgres.extension.version", {
    hint: `Use one of ${available.join(", ")}, or install a newer package`,
  });
}

function dependenciesMissing(name: string, release: Release): ProviderError<ErrorCode> {
  return failure(
    `${name} requires ${release.missing.join(" and ")}, which the database does not have`,
    "postgres.extension.lacking",
    {
      hint: "Declare them as resources that are created first, or set `cascade = true`",
    },
  );
}

function failure(reason: string, code: ErrorCode, more: { hint: string; cause?: unknown }): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, { code, ...more });
}
