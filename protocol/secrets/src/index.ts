export { decryptWith, encryptTo, recipientsOf } from "./age.ts";
export { DataKey } from "./envelope.ts";
export type {
  NewSecret,
  NewValue,
  Revealed,
  SecretChanges,
  SecretReader,
  SecretVersion,
  SecretWriter,
  Specification,
  StoredSecret,
} from "./store.ts";
