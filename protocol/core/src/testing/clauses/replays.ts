import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { NetworkAccess } from "../backend.ts";
import { CallProxy } from "../call-proxy.ts";
import { isWholeContract, type Clause, type Contract } from "../contract.ts";
import { callsAfterLook } from "../pause-points.ts";
import { startProvider, type Message } from "../provider-process.ts";
import { asObject } from "../reply.ts";

/** A request that is repeated after its process has died. */
interface Replayed {
  readonly prepare: (contract: Contract) => Promise<unknown>;
  readonly request: (contract: Contract, connection: Message) => Message;
  /** A request that looks in the same way and then writes nothing. */
  readonly look: (contract: Contract, connection: Message) => Message;
}

const nothing = async (): Promise<void> => undefined;
const create = (contract: Contract, connection: Message): Message =>
  contract.createRequest(contract.inputs({ connection }));
const destroy = (contract: Contract, connection: Message): Message =>
  contract.destroyRequest(contract.inputs({ connection }));

const requests: Readonly<Record<string, Replayed>> = {
  create: { prepare: nothing, request: create, look: destroy },
  update: {
    prepare: (contract) => contract.succeed(contract.createRequest()),
    request: (contract, connection) =>
      contract.updateRequest(
        contract.inputs({ connection }),
        contract.inputs({ ...asObject(contract.terms.changed), connection }),
      ),
    look: create,
  },
  destroy: {
    prepare: (contract) => contract.succeed(contract.createRequest()),
    request: destroy,
    look: create,
  },
};

/** How long a repeated request may wait for what the dead process has locked, before the held write goes on, in milliseconds. */
const holdMs = 1500;

/**
 * A launcher repeats a request whose worker died (ADR 22). The last write of the dead process may reach the server only after
 * the repeated request has looked, or has done its work.
 */
export const replays: readonly Clause[] = Object.entries(requests).map(([verb, replayed]) => ({
  says: `${verb} has the same result if it is repeated while a write of its dead process is on the way`,
  counts: true,
  skips: ({ backend: { access } }: Contract) =>
    access.kind === "network" && (access.isWrite !== undefined || access.hasFixedCalls === true)
      ? undefined
      : "the backend does not say which calls write, or that each run makes the same ones",
  async check(contract: Contract) {
    const { access } = contract.backend;
    if (access.kind !== "network") throw new Error("Only a network holds a write.");
    if (verb === "update" && Object.keys(asObject(contract.terms.changed)).length === 0) return;
    const { body, end } = await undisturbed(contract, replayed);
    const writes = await writesOf(contract, access, replayed);
    if (writes.length === 0 || writes.includes(0)) throw new Error("No write was found.");
    const isEachHeld = isWholeContract() && contract.terms.lateWriteUndoes === undefined;
    for (const write of isEachHeld ? writes : writes.slice(-1)) {
      await contract.backend.reset();
      await replayed.prepare(contract);
      const repeated = await repeatBeside(contract, access, replayed, write);
      expect(contract.repeatable(repeated), `the answer with write ${write} held`).toEqual(contract.repeatable(body));
      // Nobody can call the dead process's create back. What it made is known by its mark.
      if (verb === "create" && contract.terms.lateCreateAdds !== undefined)
        await contract.succeed(replayed.request(contract, contract.backend.connection));
      expect(await contract.backend.snapshot(), `the backend with write ${write} held`).toEqual(end);
      // The mark is that of this deployment, too: otherwise the request would be refused.
      await contract.withoutWriting(() => contract.succeed(replayed.request(contract, contract.backend.connection)));
    }
  },
}));

/** The numbers of the writes of a request, as `repeatBeside` counts them. */
async function writesOf(contract: Contract, access: NetworkAccess, replayed: Replayed): Promise<number[]> {
  const prepare = async (): Promise<void> => {
    await contract.backend.reset();
    await replayed.prepare(contract);
  };
  if (access.isWrite === undefined) {
    return await callsAfterLook(contract.provider, contract.backend, access, prepare, {
      request: (connection) => replayed.request(contract, connection),
      look: (connection) => replayed.look(contract, connection),
    });
  }
  await prepare();
  let writes = 0;
  await using proxy = await CallProxy.observe(access.endpoint, async (_call, begin) => {
    if (access.isWrite?.(begin) === true) writes++;
  });
  await contract.succeed(replayed.request(contract, access.at(proxy.endpoint)));
  return Array.from({ length: writes }, (_, index) => index + 1);
}

async function undisturbed(
  contract: Contract,
  { prepare, request }: Replayed,
): Promise<{ body: Message; end: unknown }> {
  await prepare(contract);
  const { body } = await contract.succeed(request(contract, contract.backend.connection));
  return { body, end: await contract.backend.snapshot() };
}

/**
 * Kills a process while one of its writes is held, repeats its request, and releases the write. Where it cannot be seen which
 * calls write, all are counted. Returns the answer's body.
 */
async function repeatBeside(
  contract: Contract,
  access: NetworkAccess,
  { request }: Replayed,
  held: number,
): Promise<Message> {
  const reached = Promise.withResolvers<number>();
  const released = Promise.withResolvers<void>();
  let writes = 0;
  await using proxy = await CallProxy.observe(access.endpoint, async (call, begin) => {
    if (!(access.isWrite?.(begin) ?? true) || ++writes !== held) return;
    reached.resolve(call);
    await released.promise;
  });
  const provider = startProvider(contract.provider);
  provider.send(request(contract, access.at(proxy.endpoint)));
  const tooEarly = provider.answer().then((answer) => {
    throw new Error(`The answer came before write ${held}: ${JSON.stringify(answer)}`);
  });
  const call = await Promise.race([reached.promise, tooEarly]);
  provider.kill();
  const repeated = contract.succeed(request(contract, contract.backend.connection));
  await Promise.race([repeated, pause(holdMs)]).finally(() => released.resolve());
  const { body } = await repeated;
  while (!proxy.isOver(call)) await pause(10);
  await provider.finish();
  return body;
}
