import { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf, sqlStateOf } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";
import { rolesOf } from "./migrations.ts";
import type { PostgresStore } from "./settings.ts";

/** Where a store is, for messages. */
export interface Site {
  readonly schema: string;
  /** Who we are there. */
  readonly user: string;
  /** `the schema nixops4_secrets of database ops at db.example.org:5432` */
  readonly place: string;
}

export const siteOf = (store: PostgresStore): Site => ({
  schema: store.schema,
  user: store.user,
  place: `the schema ${store.schema} of database ${store.database} at ${addressOf(store)}`,
});

/** Whether the schema, or something that makes it a store, is not there. */
export const isAbsent = (error: unknown): boolean => ["3F000", "42P01", "42883"].includes(sqlStateOf(error) ?? "");

/** Whether the account lacks a right. */
export const isDenied = (error: unknown): boolean => sqlStateOf(error) === "42501";

/** For an account that is neither a reader nor, to write, a writer. */
export function denied({ schema, user, place }: Site, access: "read" | "write", cause: unknown): ProviderError {
  const role = access === "read" ? rolesOf(schema).reader : rolesOf(schema).writer;
  return new ProviderError<ErrorCode>(`${user} may not ${access === "read" ? "read" : "write"} secrets in ${place}`, {
    code: "secret.postgres.denied",
    hint: `GRANT ${role} TO ${user}`,
    cause,
  });
}

/** For a store that is to be made by an account that cannot. */
export function cannotMake({ schema, user, place }: Site, cause: unknown): ProviderError {
  return new ProviderError<ErrorCode>(
    `there is no store of secrets yet in ${place}, and ${user} may not make it: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      code: "secret.postgres.missing",
      hint: `Let an account with CREATEROLE, and CREATE on the database, write to it first; then GRANT ${rolesOf(schema).writer} TO ${user}`,
      cause,
    },
  );
}

export function foreign({ place }: Site, what: string, hint: string): ProviderError {
  return new ProviderError<ErrorCode>(`${place} ${what}`, { code: "secret.postgres.foreign", hint });
}
