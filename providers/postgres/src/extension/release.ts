import { ProviderError } from "@nixops4-resources/protocol-core";
import { sql, sqlStateOf, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";

/** A version of an extension that the server could install. */
interface Release {
  version: string;
  isDefault: boolean;
  /** Whether who may create in the database may install it; else it takes a superuser. */
  isTrusted: boolean;
  /** Extensions that it needs and that the database does not have. */
  lacking: string[];
}

/** Refuses what CREATE EXTENSION could not install, and says what is missing. */
export async function checkRelease(
  session: ReadSession,
  { name, version, cascade }: { name: string; version: string | null; cascade: boolean },
): Promise<Release> {
  const releases = await releasesOf(session, name);
  if (releases.length === 0) throw unavailable(name);
  const release = releases.find((one) => (version === null ? one.isDefault : one.version === version));
  if (release === undefined) throw noVersion(name, version, releases);
  if (release.lacking.length > 0 && !cascade) throw lacking(name, release);
  return release;
}

/** Refuses an update that would go back, or that the extension has no script for. */
export async function checkUpdate(session: ReadSession, name: string, from: string, to: string): Promise<void> {
  if (compareVersions(to, from) < 0) {
    throw failure(`version ${from} is installed, and ${to} is older`, "postgres.extension.downgrade", {
      hint: `Ask for version ${from}; or drop the extension with what depends on it, by hand, and let it be made anew`,
    });
  }
  const releases = await releasesOf(session, name);
  if (releases.length === 0) throw unavailable(name);
  if (!releases.some(({ version }) => version === to)) throw noVersion(name, to, releases);
  const paths = await session.query(sql`
    select path from pg_extension_update_paths(${name}) where source = ${from} and target = ${to} and path is not null`);
  if (paths.length > 0) return;
  throw failure(`it has no script that updates ${from} to ${to}`, "postgres.extension.version", {
    hint: "Its documentation tells how to update; often over another version, or by dump and restore",
  });
}

/** PostgreSQL gives versions no order; numbers in them are compared as such. */
const compareVersions = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** https://www.postgresql.org/docs/18/view-pg-available-extension-versions.html */
function releasesOf(session: ReadSession, name: string): Promise<Release[]> {
  return session.query<Release>(sql`
    select v.version, v.version = a.default_version as "isDefault", v.trusted or not v.superuser as "isTrusted",
      array(select unnest(v.requires) except select extname from pg_extension)::text[] as lacking
    from pg_available_extension_versions v join pg_available_extensions a on a.name = v.name
    where v.name = ${name}`);
}

/** A refused CREATE or DROP EXTENSION, with what the server leaves out: who may. */
export function explainDenied(error: unknown, { isTrusted }: Release): unknown {
  if (sqlStateOf(error) !== "42501" || isTrusted) return error;
  return failure("only a superuser may install it: it is not a trusted extension", "postgres.extension.untrusted", {
    hint: "Let a superuser run CREATE EXTENSION, then take it over with `adopt = true`; managed servers name a role that may",
    cause: error,
  });
}

function unavailable(name: string): ProviderError<ErrorCode> {
  return failure(`the server has no files of an extension ${name}`, "postgres.extension.unavailable", {
    hint: "Install the package that has it beside the server: Debian's postgresql-15-NAME, in NixOS `services.postgresql.extensions`, elsewhere often postgresql-contrib; a managed server may have to allow it",
  });
}

function noVersion(name: string, version: string | null, releases: readonly Release[]): ProviderError<ErrorCode> {
  const known = releases.map((one) => one.version).sort(compareVersions);
  const wanted = version === null ? "the default version" : `version ${version}`;
  return failure(`the server has no ${wanted} of ${name}`, "postgres.extension.version", {
    hint: `It has ${known.join(", ")}; install a newer package for others`,
  });
}

function lacking(name: string, release: Release): ProviderError<ErrorCode> {
  return failure(
    `${name} needs ${release.lacking.join(" and ")}, which the database does not have`,
    "postgres.extension.lacking",
    {
      hint: "Declare these as resources of their own that are made first, or set `cascade = true`",
    },
  );
}

function failure(reason: string, code: ErrorCode, more: { hint: string; cause?: unknown }): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, { code, ...more });
}
