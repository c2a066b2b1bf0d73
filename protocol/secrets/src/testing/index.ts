export { newSecret, newValue } from "./new-secret.ts";
export { makePerson, type Person } from "./person.ts";
export { testSecretStore, type StoreUnderTest } from "./test-secret-store.ts";
