import { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf, sqlStateOf } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";
import { rolesOf } from "./migrations.ts";
import type { PostgresStore } from "./settings.ts";

/** Location of a store, for messages. */
export interface Site {
  readonly schema: string;
  /** Our account. */
  readonly user: string;
  /** `the schema nixops4_secrets of database ops at db.example.org:5432` */
  readonly place: string;
}

export const siteOf = (store: PostgresStore): Site => ({
  schema: store.schema,
  user: store.user,
  place: `the schema ${store.schema} of database ${store.database} at ${addressOf(store)}`,
});

/** Whether the schema, or a table or function of the store, does not exist. */
export const isAbsent = (error: unknown): boolean => ["3F000", "42P01", "42883"].includes(sqlStateOf(error) ?? "");

/** Whether the account has no permission. */
export const isDenied = (error: unknown): boolean => sqlStateOf(error) === "42501";

/** For an account without the role that the access needs. */
export function denied({ schema, user, place }: Site, access: "read" | "write", cause: unknown): ProviderError {
  const role = access === "read" ? rolesOf(schema).reader : rolesOf(schema).writer;
  return new ProviderError<ErrorCode>(
    `${user} has no permission to ${access === "read" ? "read" : "write"} secrets in ${place}`,
    {
      code: "secret.postgres.denied",
      hint: `Run GRANT ${role} TO ${user}`,
      cause,
    },
  );
}

/** For an account that cannot create the store. */
export function cannotMake({ schema, user, place }: Site, cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>(
    `${place} has no secret store yet, and ${user} cannot create it: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      code: "secret.postgres.missing",
      hint: `Write to the store once with an account that has CREATEROLE, and CREATE on the database; then run GRANT ${rolesOf(schema).writer} TO ${user}`,
      cause,
    },
  );
}

export function foreign({ place }: Site, what: string, hint: string): ProviderError {
  return new ProviderError<ErrorCode>(`${place} ${what}`, { code: "secret.postgres.foreign", hint });
}
