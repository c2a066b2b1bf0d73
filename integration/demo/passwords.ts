import type { Secret } from "@nixops4-resources/protocol-core";
import { openSecretReader, type DirectoryStore } from "@nixops4-resources/protocol-secrets";
import type { App } from "./apps.ts";

/** The current password of the app, as its machine would read it. */
export async function passwordOf(app: App, directory: DirectoryStore): Promise<Secret> {
  await using store = await openSecretReader({ directory });
  return (await store.reveal(`${app}/database`, null, `the login of ${app}`)).value;
}
