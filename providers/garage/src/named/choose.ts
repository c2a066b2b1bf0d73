import { MarkChanged, readMark, type Listed, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import { wordsIn } from "./name.ts";

/** An entry in a list of keys or tokens. Garage permits several of one name. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly created?: string | null | undefined;
}

/** Inputs that decide whose objects a request may change. */
export interface Claimant {
  readonly name: string;
  readonly managedBy: string;
  readonly adopt: boolean;
  readonly adoptFrom: string | null;
}

/** All entries with exactly these words. */
export const namesakes = <T extends Named>(all: readonly T[], { name }: Claimant): T[] =>
  all.filter((one) => wordsIn(one.name) === name);

/** Those that carry our mark, the oldest one first. */
export const ownNamesakes = <T extends Named>(all: readonly T[], claimant: Claimant): T[] =>
  namesakes(all, claimant)
    .filter(({ name }) => isOurs(readMark(name), claimant))
    .toSorted(byAge);

/** Those that carry our mark but the given one. Throws MarkChanged if that is not the oldest. */
export function surplusBeside<T extends Named>(id: string, all: readonly T[], claimant: Claimant): T[] {
  const [oldest, ...surplus] = ownNamesakes(all, claimant);
  if (oldest?.id !== id) throw new MarkChanged();
  return surplus;
}

/**
 * The one entry that the inputs mean: our oldest one, else one that may be taken over, else the only one of that name.
 * Throws if that cannot be decided.
 */
export function choose<T extends Named>(all: readonly T[], claimant: Claimant): T | undefined {
  const [own] = ownNamesakes(all, claimant);
  if (own !== undefined) return own;
  const others = namesakes(all, claimant);
  const takeable = others.filter(({ name }) => mayTake(readMark(name), claimant));
  const candidates = takeable.length > 0 ? takeable : others;
  if (candidates.length > 1) throw ambiguous(candidates, claimant);
  return candidates[0];
}

export const ambiguous = (several: readonly Named[], { name }: Pick<Claimant, "name">): Error =>
  failure(
    `Garage has ${several.length} of the name ${JSON.stringify(name)}: ${several.map(({ id }) => id).join(", ")}`,
    "garage.name.ambiguous",
    "Choose another name, or delete all but one of them by hand",
  );

export const isOurs = (mark: Mark | undefined, { managedBy }: Pick<Claimant, "managedBy">): boolean =>
  mark?.managedBy === managedBy;

/** Whether the inputs permit to take over an object with this mark. */
export const mayTake = (mark: Mark | undefined, { adopt, adoptFrom }: Claimant): boolean =>
  mark === undefined ? adopt : mark.managedBy === adoptFrom;

/** All entries that carry the mark of the deployment. */
export const listed = (all: readonly Named[], managedBy: string, type: string): Listed[] =>
  all.flatMap(({ name }) => {
    const [mark, label] = [readMark(name), wordsIn(name)];
    return mark?.managedBy === managedBy && mark.type === type ? [{ label, inputs: { name: label }, mark }] : [];
  });

/** What is older than Garage 2.0 has no time of creation. */
function byAge(one: Named, other: Named): number {
  const age = ({ created }: Named): number => (created == null ? 0 : Date.parse(created));
  return age(one) - age(other) || (one.id < other.id ? -1 : 1);
}
