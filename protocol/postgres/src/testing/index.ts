export { PostgresBackend, type Account, type PostgresBackendOptions } from "./postgres-backend.ts";
export { makeSecretFile, type SecretFile } from "./secret-file.ts";
export { useBackend } from "./use-backend.ts";
