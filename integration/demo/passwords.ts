import type { Secret } from "@nixops4-resources/protocol-core";
import { openSecretReader, type DirectoryStore } from "@nixops4-resources/protocol-secrets";
import type { App } from "./apps.ts";

/** The current password of the app, as its machine would read it. */
export const passwordOf = (app: App, directory: DirectoryStore): Promise<Secret> =>
  reveal(`${app}/database`, directory, `the login of ${app}`);

/** The password that the operator is given. */
export const passwordOfAda = (directory: DirectoryStore): Promise<Secret> =>
  reveal("operators/ada", directory, "the login of ada");

async function reveal(name: string, directory: DirectoryStore, what: string): Promise<Secret> {
  await using store = await openSecretReader({ directory });
  return (await store.reveal(name, null, what)).value;
}
