import { log, MarkChanged, waitFor, currentSignal, type Mark } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { isRejected } from "../../api/failure.ts";
import type { Parameters } from "../../api/reader.ts";
import { followTask, TaskFailed, upid } from "../../api/task.ts";
import type { ProxmoxWriter } from "../../api/writer.ts";
import { isSameOwner, markIn } from "../identity/machine-mark.ts";
import { names } from "../names.ts";
import { findConfig, pathOf, type GuestConfig, type Place } from "./guest-config.ts";

/** Parameters for the present configuration; undefined if nothing is to be written. */
export type Build = (config: GuestConfig) => Parameters | undefined;

/** Source: PVE::Tools::assert_if_modified of pve-common. */
const otherDigest = "checksum mismatch (file change by other user?)";

/** The file lock of the VM, or the lock of a task that ends by itself. The request has changed nothing. */
const busy =
  /can't lock file '[^']*' - got timeout|VM is locked \((backup|migrate|snapshot|snapshot-delete|rollback|suspending|disk)\)/;

/** A write is repeated this often if the configuration has changed since it was read. */
const tries = 5;

/**
 * Writes what `build` makes of the present configuration, if the VM still carries the mark of our deployment and nobody
 * writes in between.
 */
export async function writeConfig(
  client: ProxmoxWriter,
  place: Place,
  mark: Mark | undefined,
  build: Build,
): Promise<void> {
  await guarded(client, place, mark, build, (parameters) =>
    client.change("PUT", `${pathOf(place)}/config`, parameters, names),
  );
}

/** The same for disks, which takes a task. */
export async function writeDisks(
  client: ProxmoxWriter,
  place: Place,
  mark: Mark | undefined,
  build: Build,
  what: string,
): Promise<void> {
  await guarded(client, place, mark, build, async (parameters) => {
    const path = `${pathOf(place)}/config`;
    const task = await client.call("POST", path, parameters, z.nullable(upid), names);
    if (task !== null) await followTask(client, task, what);
  });
}

/** Sends what `build` makes of the present configuration, together with its digest, until nobody writes in between. */
export async function guarded(
  client: ProxmoxWriter,
  place: Place,
  mark: Mark | undefined,
  build: Build,
  send: (parameters: Parameters) => Promise<void>,
): Promise<void> {
  for (let count = 1; ; count++) {
    const config = await presentConfig(client, place, mark);
    const parameters = build(config);
    if (parameters === undefined) return;
    try {
      await untilFree(place, () => send({ ...parameters, digest: config.digest }));
      return;
    } catch (error) {
      if (!wordsOf(error).includes(otherDigest) || count === tries) throw error;
      log.info("the configuration has changed since it was read", { vmid: place.vmid, tries: count });
    }
  }
}

/** The configuration of a VM that is still ours. Throws MarkChanged if it is not, or gone, or on another node. */
export async function presentConfig(client: ProxmoxWriter, place: Place, mark: Mark | undefined): Promise<GuestConfig> {
  const config = await findConfig(client, place);
  if (config === undefined || !isSameOwner(markIn(config), mark)) throw new MarkChanged();
  return config;
}

/** Repeats work that Proxmox refuses while somebody else works on the VM, until the request's time is over. */
export async function untilFree<T>(
  { vmid }: { readonly vmid: number | string },
  work: () => Promise<T>,
  passing = busy,
): Promise<T> {
  let reason = "";
  return await waitFor(
    () => (reason === "" ? `the change of VM ${vmid}` : `VM ${vmid} to be free: ${reason}`),
    async () => {
      const { setTimeout: pause } = await import("node:timers/promises");
      for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 5000)) {
        try {
          return await work();
        } catch (error) {
          [reason = ""] = passing.exec(wordsOf(error)) ?? [];
          if (reason === "") throw error;
        }
        await pause(waitMs * (0.5 + 0.5 * Math.random()), undefined, { signal: currentSignal() });
      }
    },
  );
}

/** What Proxmox says, in an answer or at the end of a task. */
export function wordsOf(error: unknown): string {
  if (error instanceof TaskFailed) return error.exit;
  return isRejected(error) ? [error.words, ...Object.values(error.parameters)].join(" ") : "";
}
