import type { ProxmoxWriter } from "../../api/writer.ts";
import type { Place } from "../../vm/config/guest-config.ts";
import { firewallOf, readList, stepByStep, type List, type Properties } from "../lists.ts";
import { networkKey } from "../network.ts";
import { isTagged, taggedWith, wordsIn } from "../tag.ts";
import type { AliasInputs } from "./inputs.ts";

type Aliases = Readonly<Record<string, AliasInputs>>;

const nameOf = (row: Properties): string => row.get("name")?.toLowerCase() ?? "";
const isOurs = (row: Properties): boolean => isTagged(row.get("comment"));

/** Names of the aliases that the deployment manages. */
export const ourAliases = ({ rows }: List): string[] => rows.filter(isOurs).map(nameOf);

const isSame = (row: Properties, { cidr, comment }: AliasInputs): boolean =>
  networkKey(row.get("cidr") ?? "") === networkKey(cidr) && wordsIn(row.get("comment")) === comment;

/** Our aliases in the shape of the inputs; as declared where they mean the same. */
export const seenAliases = ({ rows }: List, declared: Aliases): Record<string, AliasInputs> =>
  Object.fromEntries(
    rows.filter(isOurs).map((row) => {
      const name = nameOf(row);
      const wanted = declared[name];
      if (wanted !== undefined && isSame(row, wanted)) return [name, wanted];
      return [name, { cidr: row.get("cidr") ?? "", comment: wordsIn(row.get("comment")) }];
    }),
  );

/** Creates and changes the declared aliases. One of others by this name is ours from now on: an adoption takes it over. */
export async function writeAliases(client: ProxmoxWriter, place: Place, declared: Aliases): Promise<void> {
  const path = `${firewallOf(place)}/aliases`;
  await stepByStep(
    () => readList(client, place, "/aliases"),
    ({ rows, digest }) => {
      for (const [name, alias] of Object.entries(declared)) {
        const row = rows.find((one) => nameOf(one) === name);
        const parameters = { cidr: alias.cidr, comment: taggedWith(alias.comment) };
        const names = { cidr: `aliases.${name}.cidr`, name: `aliases.${name}`, comment: `aliases.${name}.comment` };
        if (row === undefined) return () => client.change("POST", path, { name, ...parameters }, names);
        // Proxmox drops a comment that is not sent.
        if (!(isOurs(row) && isSame(row, alias))) {
          return () => client.change("PUT", `${path}/${name}`, { ...parameters, digest }, names);
        }
      }
      return undefined;
    },
  );
}

/** Deletes our aliases that are no longer declared. */
export async function removeAliases(client: ProxmoxWriter, place: Place, declared: Aliases): Promise<void> {
  await stepByStep(
    () => readList(client, place, "/aliases"),
    (list) => {
      const name = ourAliases(list).find((one) => declared[one] === undefined);
      if (name === undefined) return undefined;
      return () => client.remove(`${firewallOf(place)}/aliases/${name}`, { digest: list.digest });
    },
  );
}
