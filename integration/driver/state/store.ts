import { resourcePathsIn } from "@nixops4-resources/protocol-state";
import pLimit from "p-limit";
import type { Operation } from "rfc6902";
import { answers } from "../provider/answer.ts";
import { DriverError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { memberName, type MemberPath, type MemberRequest } from "../evaluation/member.ts";
import { ProviderProcess, type ProviderSurroundings } from "../provider/process.ts";
import { checkState, readEntry, statePatch, withEntry, type StateDocument, type StateEntry } from "./document.ts";
import { appendStateEvent, readStateLog } from "./log.ts";

/** The place of a state: a `state_file`, which the driver reads itself, or a provider that stores states. */
interface StateBackend extends AsyncDisposable {
  read(): Promise<StateDocument>;
  append(event: StateEvent, patch: readonly Operation[]): Promise<void>;
}

export type StateEvent = "create" | "update" | "destroy" | "forget";

/**
 * Whether this is NixOps4's own state log. The driver writes it itself, so that it works if the program
 * nixops4-resources-local is not installed. Any other type is sent to its provider.
 */
export function isStateFile({ type, provider }: Pick<MemberRequest, "type" | "provider">): boolean {
  return type === "state_file" && provider.executable.split("/").at(-1) === "nixops4-resources-local";
}

/** The path in a `state_file`'s inputs, relative to the working directory as in NixOps4. */
export function stateFileName({ inputs, path }: Pick<MemberRequest, "inputs" | "path">): string {
  const { name } = inputs;
  if (typeof name === "string") return name;
  throw new DriverError(
    "driver.state.log",
    `Unable to find the state log ${memberName(path)}: its input \`name\` is missing.`,
  );
}

/** An opened state with its events. It stays open until the end of the run, as under NixOps4. */
export class StateStore implements AsyncDisposable {
  readonly #backend: StateBackend;
  #current: StateDocument;
  readonly #turn = pLimit(1);

  private constructor(backend: StateBackend, current: StateDocument) {
    this.#backend = backend;
    this.#current = current;
  }

  /**
   * Opens the state of a member: for writing with the `outputs` of the applied member, or only for reading with null,
   * since NixOps4 does not apply it then.
   */
  static async open(
    member: MemberRequest,
    outputs: JsonObject | null,
    surroundings: ProviderSurroundings,
  ): Promise<StateStore> {
    const backend = isStateFile(member)
      ? stateFile(stateFileName(member))
      : await stateProvider(member, outputs, surroundings);
    try {
      return new StateStore(backend, checkState(await backend.read(), `member ${memberName(member.path)}`));
    } catch (error) {
      await backend[Symbol.asyncDispose]();
      throw error;
    }
  }

  entry(path: MemberPath): StateEntry | undefined {
    return readEntry(this.#current, path);
  }

  /** The paths of all members that have an entry. */
  entryPaths(): MemberPath[] {
    return resourcePathsIn(this.#current);
  }

  /** Records the entry of a member; an unchanged entry is no event. */
  record(event: StateEvent, path: MemberPath, entry: StateEntry | undefined): Promise<void> {
    return this.#turn(async () => {
      const next = withEntry(this.#current, path, entry);
      const patch = statePatch(this.#current, next);
      if (patch.length === 0) return;
      await this.#backend.append(event, patch);
      this.#current = next;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend[Symbol.asyncDispose]();
  }
}

function stateFile(file: string): StateBackend {
  return {
    read: () => readStateLog(file),
    append: (event, patch) => appendStateEvent(file, event, patch),
    async [Symbol.asyncDispose]() {},
  };
}

async function stateProvider(
  { type, inputs, provider }: MemberRequest,
  outputs: JsonObject | null,
  surroundings: ProviderSurroundings,
): Promise<StateBackend> {
  const process = await ProviderProcess.start(provider, surroundings);
  const resource = { type, inputProperties: inputs, ...(outputs && { outputProperties: outputs }) };
  return {
    async read() {
      const { state } = await process.ask({ stateResourceReadRequest: { resource } }, answers.stateRead);
      return state;
    },
    async append(event, patch) {
      // The version that NixOps4 sends in every event.
      const nixopsVersion = "0.1.0";
      await process.ask(
        { stateResourceEvent: { resource, event, nixopsVersion, patch: patch.map(asJson) } },
        answers.stateEvent,
      );
    },
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

function asJson(operation: Operation): JsonObject {
  return { ...operation };
}
