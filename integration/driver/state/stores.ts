import { realpath } from "node:fs/promises";
import { DriverError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { memberKey, memberName, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import type { ProviderSurroundings } from "../provider/process.ts";
import { holdLock } from "../run-lock.ts";
import { isStateFile, stateFileName, StateStore } from "./store.ts";

/** The states of one run. Each is opened when the first member needs it, and stays open until the end. */
export class StateStores implements AsyncDisposable {
  readonly #opened = new Map<MemberKey, Opened>();

  /** The state of `member`, which was applied with these outputs; undefined outputs mean that it failed. */
  open(
    member: MemberRequest,
    outputs: JsonObject | undefined,
    surroundings: ProviderSurroundings,
  ): Promise<StateStore> {
    return this.#once(member, (resources) => openToWrite(member, outputs, surroundings, resources));
  }

  /** The same, only for reading: neither applied nor locked. */
  read(member: MemberRequest, surroundings: ProviderSurroundings): Promise<StateStore> {
    return this.#once(member, async (resources) => resources.use(await StateStore.open(member, null, surroundings)));
  }

  /** Closes the state of a member, if it is open. */
  async close(path: MemberPath): Promise<void> {
    const key = memberKey(path);
    const opened = this.#opened.get(key);
    this.#opened.delete(key);
    await Promise.allSettled([opened?.store]);
    await opened?.resources.disposeAsync();
  }

  #once({ path }: MemberRequest, open: (resources: AsyncDisposableStack) => Promise<StateStore>): Promise<StateStore> {
    const key = memberKey(path);
    const before = this.#opened.get(key);
    if (before !== undefined) return before.store;
    const resources = new AsyncDisposableStack();
    const store = open(resources);
    this.#opened.set(key, { store, resources });
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using all = new AsyncDisposableStack();
    for (const { store, resources } of this.#opened.values()) {
      all.use(resources);
      all.defer(() => Promise.allSettled([store]).then(() => undefined));
    }
  }
}

interface Opened {
  readonly store: Promise<StateStore>;
  /** Its lock and its process. */
  readonly resources: AsyncDisposableStack;
}

async function openToWrite(
  member: MemberRequest,
  outputs: JsonObject | undefined,
  surroundings: ProviderSurroundings,
  resources: AsyncDisposableStack,
): Promise<StateStore> {
  if (outputs === undefined) {
    throw new DriverError(
      "driver.state.unavailable",
      `Unable to open the state ${memberName(member.path)}: it was not applied.`,
    );
  }
  if (isStateFile(member)) resources.use(await holdLock(await realpath(stateFileName(member))));
  return resources.use(await StateStore.open(member, outputs, surroundings));
}
