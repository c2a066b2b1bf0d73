import { join } from "node:path";
import { currentContext } from "../request/context.ts";
import { LockFile } from "./lock-file.ts";
import { placeFolder } from "./lock-folder.ts";
import { fileNameOf, takeFile, untilTaken, type Slot } from "./lock.ts";
import { Places } from "./places.ts";
import { isSharedReportDue } from "./shared-report.ts";
import { waitFor, type Waiting } from "./waiting.ts";

const free: Slot = { [Symbol.dispose]: () => undefined };

/** Pace of the one process that looks for a released place, in milliseconds. */
const paceMs = 10;

/**
 * Waits for one of `slots` places at a backend. They limit the concurrent requests of all processes of this user: NixOps4
 * starts every resource that is ready at once, and a server may accept a hundred connections. `endpoint` names the
 * backend, such as `postgres:127.0.0.1:5432`; `what` describes the place, for the message of a long wait: each request that
 * waits reports it once, then all together every 10 s. Requests that share a process pass their places on to each other.
 * What must exclude others takes `takeLock` instead: without a usable folder, places have no limit.
 */
export async function takeSlot(
  endpoint: string,
  slots: number,
  what = `one of ${slots} places at ${endpoint}`,
): Promise<Slot> {
  const isReportDue = (): boolean => {
    const path = pathOf(endpoint);
    return path === undefined || isSharedReportDue(`${path}-reported`);
  };
  const wait: Waiting = (work) => waitFor(what, work, isReportDue);
  const find = (): Promise<Slot> => findSlot(endpoint, slots, wait);
  return await (currentContext().pools?.of(Places).take(endpoint, slots, wait, find) ?? find());
}

/** The beginning of the paths of an endpoint's files. */
function pathOf(endpoint: string): string | undefined {
  const folder = placeFolder();
  return folder === undefined ? undefined : join(folder, fileNameOf(endpoint));
}

async function findSlot(endpoint: string, slots: number, wait: Waiting): Promise<Slot> {
  const path = pathOf(endpoint);
  if (path === undefined) return free;
  // Random, so that most requests find a free place at the first try.
  const first = Math.floor(Math.random() * slots);
  const files = Array.from({ length: slots }, (_, index) => new LockFile(`${path}-${(first + index) % slots}`));
  const take = (): LockFile | undefined => files.find((file) => file.tryTake());
  const taken = take();
  if (taken !== undefined) {
    for (const file of files) if (file !== taken) file[Symbol.dispose]();
    return taken;
  }
  return await wait(async () => {
    // One of those that wait looks at all places, the others only at whether it is their turn.
    using _turn = await takeFile(`${path}-turn`);
    return await untilTaken(files, take, () => paceMs);
  });
}
