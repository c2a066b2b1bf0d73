import { describeFailure, DriverError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { memberKey, memberName, type MemberKey, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import type { Requests } from "./needs.ts";
import type { Asking } from "../provider/processes.ts";
import { readOutputs } from "../provider/read-outputs.ts";
import { existsStateLog } from "../state/log.ts";
import { isStateFile, stateFileName, type StateStore } from "../state/store.ts";
import { StateStores } from "../state/stores.ts";

/** Does work that starts a provider: shows the member as running, and limits how many run concurrently. */
export type Ask = <Result>(path: MemberPath, work: (surroundings: Asking) => Promise<Result>) => Promise<Result>;

/** The outputs of a member that exists, null if it does not exist, or the message of a failed look. */
export type Look = { readonly outputs: JsonObject | null } | { readonly failure: string };

/** What exists: looks at members and reads states, each once. Writes nothing. */
export class Looks implements AsyncDisposable {
  readonly #ask: Ask;
  readonly #stores = new StateStores();
  readonly #looks = new Map<MemberKey, Promise<Look>>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** The member's outputs, from its state if it has an entry, otherwise from its provider. Never throws. */
  at(request: MemberRequest, requests: Requests): Promise<Look> {
    const key = memberKey(request.path);
    const look = this.#looks.get(key) ?? this.#look(request, requests);
    this.#looks.set(key, look);
    return look;
  }

  /** The result of a look that was made. */
  async made(path: MemberPath): Promise<Look | undefined> {
    return this.#looks.get(memberKey(path));
  }

  /** The state of a member, only for reading; undefined if the member is stateless or its state does not exist. */
  async storeOf({ path, state }: MemberRequest, requests: Requests): Promise<StateStore | undefined> {
    if (state === null) return undefined;
    const keeper = requests.get(memberKey(state));
    const unable = (reason: string) =>
      new DriverError(
        "driver.state.unavailable",
        `Unable to open the state ${memberName(state)} of member ${memberName(path)}: ${reason}.`,
      );
    if (keeper === undefined) throw unable("it cannot be evaluated");
    return this.store(keeper, requests);
  }

  /** The state that a member keeps, only for reading; undefined if it does not exist. */
  async store(keeper: MemberRequest, requests: Requests): Promise<StateStore | undefined> {
    const look = await this.at(keeper, requests);
    if ("failure" in look) {
      throw new DriverError(
        "driver.state.unavailable",
        `Unable to open the state ${memberName(keeper.path)}: ${look.failure}`,
      );
    }
    if (look.outputs === null) return undefined;
    return this.#ask(keeper.path, (surroundings) => this.#stores.read(keeper, surroundings));
  }

  async #look(request: MemberRequest, requests: Requests): Promise<Look> {
    try {
      if (isStateFile(request)) return { outputs: (await existsStateLog(stateFileName(request))) ? {} : null };
      const entry = (await this.storeOf(request, requests))?.entry(request.path);
      if (entry !== undefined) return { outputs: entry.outputs };
      return { outputs: await this.#ask(request.path, (surroundings) => readOutputs(request, surroundings)) };
    } catch (error) {
      return { failure: describeFailure(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stores[Symbol.asyncDispose]();
  }
}
