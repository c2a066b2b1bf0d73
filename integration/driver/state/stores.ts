import { realpath } from "node:fs/promises";
import { DriverError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { memberKey, memberName, type MemberKey, type MemberRequest } from "../evaluation/member.ts";
import type { ProviderSurroundings } from "../provider/process.ts";
import { holdLock } from "../run-lock.ts";
import { isStateFile, stateFileName, StateStore } from "./store.ts";

/** The states of one run. Each is opened when the first member needs it, and stays open until the end. */
export class StateStores implements AsyncDisposable {
  readonly #opened = new Map<MemberKey, Promise<StateStore>>();
  readonly #resources = new AsyncDisposableStack();

  /** The state of `member`, which was applied with these outputs; undefined outputs mean that it failed. */
  open(
    member: MemberRequest,
    outputs: JsonObject | undefined,
    surroundings: ProviderSurroundings,
  ): Promise<StateStore> {
    return this.#once(member, () => this.#open(member, outputs, surroundings));
  }

  /** The same, only for reading: neither applied nor locked. */
  read(member: MemberRequest, surroundings: ProviderSurroundings): Promise<StateStore> {
    return this.#once(member, async () => this.#resources.use(await StateStore.open(member, null, surroundings)));
  }

  #once(member: MemberRequest, open: () => Promise<StateStore>): Promise<StateStore> {
    const key = memberKey(member.path);
    const store = this.#opened.get(key) ?? open();
    this.#opened.set(key, store);
    return store;
  }

  async #open(
    member: MemberRequest,
    outputs: JsonObject | undefined,
    surroundings: ProviderSurroundings,
  ): Promise<StateStore> {
    if (outputs === undefined) {
      throw new DriverError(
        "driver.state.unavailable",
        `Unable to open the state ${memberName(member.path)}: it was not applied.`,
      );
    }
    if (isStateFile(member)) this.#resources.use(await holdLock(await realpath(stateFileName(member))));
    return this.#resources.use(await StateStore.open(member, outputs, surroundings));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}
