import { isDeepStrictEqual } from "node:util";
import { lockIsHeld } from "../../patience/held-lock.ts";
import { isWholeContract, others, us, type Clause, type Contract } from "../contract.ts";
import { findPausePoints, type Overtaking, type PausePoint } from "../pause-points.ts";
import type { Finished, Message } from "../provider-process.ts";
import { asObject, withoutPorts, type Reply } from "../reply.ts";
import { KilledElsewhere } from "../strace.ts";

/** A third deployment. */
const third = "third";

/** A request of ours that looks and then writes. */
interface Verb {
  /** Begins the clause: "a create". */
  readonly says: string;
  /** What exists before it: nothing, an unmarked object, or an object of a deployment. */
  readonly before: { readonly unmarked: true } | { readonly owner: string } | undefined;
  readonly request: (contract: Contract, connection: Message) => Message;
  /** A request that looks in the same way and then writes nothing. */
  readonly look: (contract: Contract, connection: Message) => Message;
  /** What others do meanwhile, in order. */
  readonly overtakers: Readonly<Record<string, readonly ((contract: Contract) => Message)[]>>;
}

type Inputs = Record<string, unknown>;
/** Adoptions accept what ours may have raised: else one that follows ours is refused, and one that overtakes it is not. */
const create = (inputs: Inputs) => (contract: Contract) =>
  contract.createRequest(
    contract.inputs({ ...inputs, ...(contract.resource.lowering !== undefined && { adoptLowers: true }) }),
  );
const destroy = (inputs: Inputs) => (contract: Contract) =>
  contract.destroyRequest(contract.inputs({ deletion: "delete", ...inputs }));

/** What can happen to an object that we have looked at, if `owner` may destroy it first. */
const overtakersOf = (adopt: Inputs, owner: string) => ({
  "an adoption": [create({ managedBy: third, ...adopt })],
  "a destroy": [...(owner === third ? [create({ managedBy: third, ...adopt })] : []), destroy({ managedBy: owner })],
  "a destroy and another's create": [
    ...(owner === third ? [create({ managedBy: third, ...adopt })] : []),
    destroy({ managedBy: owner }),
    create({ managedBy: third }),
  ],
});

const refusedCreate = (contract: Contract, connection: Message): Message =>
  contract.createRequest(contract.inputs({ connection }));
const refusedDestroy = (contract: Contract, connection: Message): Message =>
  contract.destroyRequest(contract.inputs({ connection, managedBy: "nobody" }));

const ownOvertakers = overtakersOf({ adoptFrom: us }, us);

const verbs: readonly Verb[] = [
  {
    says: "a create",
    before: undefined,
    request: (contract, connection) => contract.createRequest(contract.inputs({ connection })),
    look: (contract, connection) => contract.destroyRequest(contract.inputs({ connection })),
    overtakers: {
      "another's create": [create({ managedBy: third })],
      "another's create and destroy": [create({ managedBy: third }), destroy({ managedBy: third })],
    },
  },
  {
    says: "a create with `adopt`",
    before: { unmarked: true },
    request: (contract, connection) => contract.createRequest(contract.inputs({ connection, adopt: true })),
    look: refusedCreate,
    overtakers: overtakersOf({ adopt: true }, third),
  },
  {
    says: "a create with `adoptFrom`",
    before: { owner: others },
    request: (contract, connection) => contract.createRequest(contract.inputs({ connection, adoptFrom: others })),
    look: refusedCreate,
    overtakers: overtakersOf({ adoptFrom: others }, others),
  },
  {
    says: "an update",
    before: { owner: us },
    request: (contract, connection) =>
      contract.updateRequest(
        contract.inputs({ connection }),
        contract.inputs({ ...asObject(contract.terms.changed), connection }),
      ),
    look: (contract, connection) => {
      const inputs = contract.inputs({ connection });
      return contract.updateRequest(inputs, inputs);
    },
    overtakers: ownOvertakers,
  },
  {
    says: "a destroy",
    before: { owner: us },
    request: (contract, connection) => contract.destroyRequest(contract.inputs({ connection })),
    look: refusedDestroy,
    overtakers: ownOvertakers,
  },
  {
    says: "a destroy with `retain`",
    before: { owner: us },
    request: (contract, connection) => contract.destroyRequest(contract.inputs({ connection, deletion: "retain" })),
    look: refusedDestroy,
    overtakers: ownOvertakers,
  },
];

/**
 * Another deployment may act between our look and our write. All requests together must then have had the result of some
 * order in which one follows the other; a request of ours may also fail, if it has changed nothing.
 */
export const overtaking: readonly Clause[] = verbs.map((verb) => ({
  says: `${verb.says} that others overtake between look and write loses nothing and takes nothing of theirs`,
  counts: true,
  async check(contract: Contract) {
    if (verb.before !== undefined && "unmarked" in verb.before && contract.terms.makeUnmarked === undefined) return;
    if (verb.says === "an update" && Object.keys(asObject(contract.terms.changed)).length === 0) return;
    const { backend, executable, provider } = contract;
    const paused = backend.access.kind === "files" ? provider : executable;
    const points = await findPausePoints(paused, backend, () => prepare(contract, verb), {
      request: (connection) => verb.request(contract, connection),
      look: (connection) => verb.look(contract, connection),
    });
    if (points.length === 0) throw new Error("No moment between look and write was found.");
    for (const [index, [overtaker, theirs]] of Object.entries(verb.overtakers).entries()) {
      const cause = await new Pair(contract, verb, theirs).firstFault(pointsFor(points, index));
      if (cause !== undefined) throw new Error(`Overtaken by ${overtaker}, ${cause}`);
    }
  },
}));

/** Each overtaking happens at the end of the look; one of them also before the last write, another one in between. */
function pointsFor(points: readonly PausePoint[], index: number): readonly PausePoint[] {
  if (isWholeContract()) return points;
  const [first, ...later] = points;
  const second = [later.at(-1), later.slice(0, -1).at(Math.floor((later.length - 1) / 2))][index];
  return [first, second].filter((point) => point !== undefined);
}

async function prepare(contract: Contract, { before }: Verb): Promise<void> {
  await contract.backend.reset();
  if (before === undefined) return;
  if ("unmarked" in before) await contract.terms.makeUnmarked?.(contract.backend);
  else await contract.succeed(contract.createRequest(contract.inputs({ managedBy: before.owner })));
}

/** The answer to a request, in what can be compared. */
interface Said {
  readonly error: string | undefined;
  /** Undefined if the request was repeated. */
  readonly outcome: string | undefined;
  readonly body: unknown;
}

/** What all requests said, and what exists then. */
interface Outcome {
  readonly theirs: readonly Said[];
  readonly ours: Said | undefined;
  readonly end: unknown;
}

/** One request of ours and those of others that overtake it. */
class Pair {
  readonly #contract: Contract;
  readonly #verb: Verb;
  readonly #theirs: readonly Message[];
  /** The result of each order, by the position of ours: the runs at all points are compared with the same ones. */
  readonly #orders = new Map<number | undefined, Promise<Outcome>>();

  constructor(contract: Contract, verb: Verb, theirs: readonly ((contract: Contract) => Message)[]) {
    this.#contract = contract;
    this.#verb = verb;
    this.#theirs = theirs.map((request) => request(contract));
  }

  async firstFault(points: readonly PausePoint[]): Promise<string | undefined> {
    const started = performance.now();
    const alone = await this.#inOrder(undefined);
    const usual = performance.now() - started;
    for (const [index, point] of points.entries()) {
      // Later on they may wait for a lock that ours holds.
      const patience = index === 0 ? Math.max(4000, 3 * usual) : Math.max(1000, 1.5 * usual);
      const outcome = await this.#overtaken(point, patience);
      const isRefused = outcome.ours?.error !== undefined && isSame({ ...outcome, ours: undefined }, alone);
      if (isRefused || (await this.#isOfSomeOrder(outcome))) continue;
      return `paused ${point.where}, all said ${JSON.stringify(outcome)}; the others alone: ${JSON.stringify(alone)}`;
    }
    return undefined;
  }

  async #isOfSomeOrder(outcome: Outcome): Promise<boolean> {
    // Ours was whole, but others changed the object before its last look. It says so, and what exists must still be of an order.
    const isUnsettled = outcome.ours?.error === "protocol.unsettled";
    for (let position = this.#theirs.length; position >= 0; position--) {
      const order = await this.#inOrder(position);
      if (isSame(outcome, isUnsettled ? { ...order, ours: outcome.ours } : order)) return true;
    }
    return false;
  }

  /** One request after the other, ours at that position or not at all. */
  #inOrder(position: number | undefined): Promise<Outcome> {
    const known = this.#orders.get(position) ?? this.#runInOrder(position);
    this.#orders.set(position, known);
    return known;
  }

  async #runInOrder(position: number | undefined): Promise<Outcome> {
    await prepare(this.#contract, this.#verb);
    const ours = this.#verb.request(this.#contract, this.#contract.backend.connection);
    const theirs: Said[] = [];
    let said: Said | undefined;
    for (const [index, request] of [...this.#theirs, undefined].entries()) {
      if (index === position) said = this.#summary(await this.#contract.send(ours), ours);
      if (request !== undefined) theirs.push(this.#summary(await this.#contract.send(request), request));
    }
    return { theirs, ours: said, end: await this.#contract.backend.snapshot() };
  }

  async #overtaken(point: PausePoint, patience: number): Promise<Outcome> {
    const contract = this.#contract;
    const theirs: Said[] = [];
    let theirWork = Promise.resolve();
    const meanwhile = async (): Promise<void> => {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
        theirWork = (async () => {
          for (const request of this.#theirs) theirs.push(await this.#theirSaid(request, resolve));
        })();
      });
      await Promise.race([theirWork, enough]);
      clearTimeout(timer);
    };
    const finished = await this.#runTo(point, { meanwhile, others: () => theirWork });
    await theirWork;
    const request = this.#verb.request(contract, contract.backend.connection);
    const ours = this.#summary(contract.replyOf(finished, request), request);
    // Both may have looked before either wrote. Who is told so applies again.
    for (const [index, interrupted] of this.#theirs.entries()) {
      if (theirs[index]?.error === "protocol.unsettled") theirs[index] = await this.#repeated(interrupted);
    }
    return { theirs, ours, end: await contract.backend.snapshot() };
  }

  /** What another request says. `onBlocked` is called when it waits for a lock, which only ours can hold. */
  async #theirSaid(request: Message, onBlocked: () => void): Promise<Said> {
    const listen = (text: string): void => void (text.includes(lockIsHeld) && onBlocked());
    return this.#summary(await this.#contract.send(request, listen), request);
  }

  /** A run that was paused elsewhere is repeated from the beginning. */
  async #runTo(point: PausePoint, meantime: Overtaking): Promise<Finished> {
    for (let tries = 1; ; tries++) {
      await prepare(this.#contract, this.#verb);
      try {
        return await point.run(meantime);
      } catch (error) {
        if (!(error instanceof KilledElsewhere) || tries === 10) throw error;
      }
    }
  }

  async #repeated(request: Message): Promise<Said> {
    return { ...this.#summary(await this.#contract.send(request), request), outcome: undefined };
  }

  /** To destroy what another destroyed meanwhile succeeds either way. */
  #summary({ body, error, outcome }: Reply, request: Message): Said {
    if (error !== undefined && error.code === "protocol.bug") throw new Error(error.message);
    const isDestroyed = "destroyResourceRequest" in request && outcome === "unchanged";
    return {
      error: error?.code,
      outcome: this.#contract.areRepeated ? undefined : isDestroyed ? "deleted" : outcome,
      body: withoutPorts(this.#contract.repeatable(body)),
    };
  }
}

const isSame = (one: Outcome, other: Outcome): boolean =>
  isDeepStrictEqual(one.end, other.end) && isSameSaid([one.ours, ...one.theirs], [other.ours, ...other.theirs]);

const isSameSaid = (some: readonly (Said | undefined)[], rest: readonly (Said | undefined)[]): boolean =>
  some.length === rest.length &&
  some.every((one, index) => {
    const other = rest[index];
    const outcome = one?.outcome ?? other?.outcome;
    return isDeepStrictEqual(one && { ...one, outcome }, other && { ...other, outcome: other.outcome ?? outcome });
  });
