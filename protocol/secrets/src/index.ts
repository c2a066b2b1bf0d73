export { decryptWith, encryptTo, recipientsOf } from "./age/age.ts";
export { directoryStore, type DirectoryStore } from "./directory/settings.ts";
export { DataKey } from "./envelope.ts";
export { secretName, storePlace } from "./inputs.ts";
export {
  belongsTo,
  dropSecret,
  isKept,
  isReleased,
  keepSecret,
  lookAtSecret,
  refTo,
  releaseSecret,
  requireFreeSecret,
  secretTaken,
  type KeptSecret,
  type NewKeptSecret,
} from "./keep.ts";
export { postgresStore, type PostgresStore } from "./postgres/settings.ts";
export { openSecretReader, openSecretWriter, type StorePlace } from "./open-store.ts";
export type {
  ExpectedMark,
  NewSecret,
  NewValue,
  Revealed,
  SecretAccess,
  SecretChanges,
  SecretReader,
  SecretVersion,
  SecretWriter,
  Specification,
  StoredSecret,
} from "./store.ts";
export { graceEnd } from "./versions.ts";
