export { newSecret, newValue } from "./new-secret.ts";
export { makePerson, type Person } from "./person.ts";
export { SecretFolder } from "./secret-folder.ts";
export { testSecretStore, type StoreUnderTest } from "./test-secret-store.ts";
