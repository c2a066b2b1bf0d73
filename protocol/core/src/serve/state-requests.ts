import { ProviderError } from "../report/error.ts";
import { parseExact, type ExactJson } from "../wire/exact-json.ts";
import type { OpenStores } from "./open-stores.ts";
import type { StateEvent, StateOpening, StateStore } from "../resource/state-store.ts";
import { step } from "../converge/step.ts";
import { requestOf, type Task } from "../converge/task.ts";
import { isObject, messages, type ExtantResource, type Properties } from "../wire/wire.ts";

/**
 * Reads the whole state. The outputs of the state resource decide about write access: NixOps4 sends them after it has
 * applied that resource, and a command that only looks (`nixops4 state dump`) has none.
 */
export function readState(task: Task, extant: ExtantResource, stores: OpenStores): Promise<Properties> {
  const access = extant.outputProperties === undefined || extant.outputProperties === null ? "read" : "write";
  return step("read", task.subject, () =>
    stores.use(async () => (await openStore(task, extant, access, stores)).read(requestOf(task))),
  );
}

export function appendStateEvent(
  task: Task,
  extant: ExtantResource,
  event: StateEvent,
  stores: OpenStores,
): Promise<void> {
  return step("write to", task.subject, () =>
    stores.use(async () => (await openStore(task, extant, "write", stores)).append(event, requestOf(task))),
  );
}

/** The patch in the line of an event. A state must return every number to the last digit. */
export function exactPatch(line: string): ExactJson[] {
  const message = parseExact(line);
  const body = isObject(message) ? message[messages.stateEvent.request] : undefined;
  const patch = isObject(body) ? body["patch"] : undefined;
  return Array.isArray(patch) ? patch : [];
}

function openStore(
  { resource, want, ...task }: Task,
  { type, inputProperties, outputProperties }: ExtantResource,
  access: StateOpening["access"],
  stores: OpenStores,
): Promise<StateStore> {
  return stores.of(JSON.stringify([type, inputProperties, access]), async () => {
    if (resource.openStateStore === undefined) {
      throw new ProviderError(`resources of type ${type} do not store NixOps4's state`, {
        code: "protocol.state.unsupported",
        hint: "Set `state` to a resource of a state provider, such as state_file",
      });
    }
    const outputs = outputProperties ?? undefined;
    return await resource.openStateStore(want, { ...requestOf({ ...task, want }), access, outputs });
  });
}
