// Creates a secret unless it exists, and reports its value over an IPC channel: `node get-or-create.ts PLACE NAME`.
import { AlreadyExists, Secret } from "@nixops4-resources/protocol-core";
import { openSecretWriter, type StorePlace } from "../open-store.ts";
import { newSecret } from "./new-secret.ts";

const [placeText = "", name = ""] = process.argv.slice(2);
const place: StorePlace = JSON.parse(placeText);
await using store = await openSecretWriter(place);
process.send?.("ready");
await new Promise((resolve) => process.once("message", resolve));
let created = true;
try {
  await store.create(newSecret(name, { value: new Secret(`of process ${process.pid}`) }));
} catch (error) {
  if (!(error instanceof AlreadyExists)) throw error;
  created = false;
}
const { value } = await store.reveal(name, null, "a race");
process.send?.({ created, value: value.revealText() });
process.disconnect();
