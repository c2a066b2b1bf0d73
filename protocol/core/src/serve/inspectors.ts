import { destroy, planDestroy } from "../converge/destroy.ts";
import { inspect, list, plan } from "../converge/inspect.ts";
import { outputsOf } from "../converge/outputs.ts";
import { prepare, prepareList, type Task } from "../converge/task.ts";
import type { ExtantResource } from "../wire/wire.ts";
import { load, type Context, type Handlers } from "./handler.ts";

/** The requests that an apply does not send: those that look, those that destroy, and those of a state. */
const inspectors = {
  async destroy({ resource }, context) {
    return { body: {}, outcome: await destroy(await remembered(resource, context)) };
  },

  async planDestroy({ resource }, context) {
    return { body: await planDestroy(await remembered(resource, context)) };
  },

  async read({ resource }, context) {
    const task = await remembered(resource, context);
    const { seen, changed } = await inspect(task);
    return {
      body: {
        exists: seen !== undefined,
        managedBy: seen?.mark?.managedBy ?? null,
        outputProperties: seen === undefined ? null : outputsOf(task, seen),
        differences: changed,
      },
    };
  },

  async plan({ type, inputProperties, resource: previous }, context) {
    const resource = await load(context.provider, type);
    const task = context.begin(await prepare(resource, inputProperties, "strict"));
    return { body: await plan(task, previous?.inputProperties) };
  },

  async list({ type, inputProperties }, context) {
    const task = context.begin(await prepareList(await load(context.provider, type), inputProperties));
    const resources = (await list(task)).map(({ label, inputs, mark: { managedBy, adopted = false } }) => ({
      type,
      label,
      inputProperties: inputs,
      managedBy,
      adopted,
    }));
    return { body: { resources } };
  },

  async describe(_body, { provider }) {
    const { describeProvider } = await import("./describe.ts");
    return { body: await describeProvider(provider) };
  },

  async stateRead({ resource }, context) {
    const { readState } = await import("./state-requests.ts");
    return { body: { state: await readState(await remembered(resource, context), resource, context.stores) } };
  },

  async stateEvent({ resource, ...event }, context) {
    const { appendStateEvent, exactPatch } = await import("./state-requests.ts");
    const task = await remembered(resource, context);
    await appendStateEvent(task, resource, { ...event, patch: exactPatch(context.line) }, context.stores);
    return { body: {} };
  },
} satisfies Handlers;

export default inspectors;

async function remembered({ type, inputProperties }: ExtantResource, { provider, begin }: Context): Promise<Task> {
  return begin(await prepare(await load(provider, type), inputProperties, "remembered"));
}
