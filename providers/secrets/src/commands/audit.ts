import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { toTable } from "@nixops4-resources/protocol-core/table";
import { graceEnd, type SecretAccess, type StoredSecret } from "@nixops4-resources/protocol-secrets";
import { find, oneName, openReader } from "./store.ts";
import { minute } from "./minute.ts";

const dayMs = 86_400_000;

/** Prints the age of each version, and the accesses if the store records them. */
export async function audit(given: CommandArguments, print: (text: string) => void): Promise<number> {
  await using store = await openReader(given);
  const name = given.positionals.length === 0 ? null : oneName(given);
  const secrets = name === null ? await store.list() : [await find(store, name)];
  const now = new Date();
  const accesses = await store.accesses(name);
  const status = secrets.some((secret) => isExpired(secret, now)) ? 2 : 0;
  if (given.values["json"] === true) {
    print(toJson({ secrets, accesses: accesses ?? null }));
    return status;
  }
  const versions = secrets.flatMap((one) => versionsOf(one, now));
  print(toTable(["NAME", "VERSION", "AGE (DAYS)", "CREATED (UTC)", "STATE"], versions));
  if (accesses !== undefined)
    print(`\n${toTable(["READ (UTC)", "NAME", "VERSION", "BY", "FROM", "FOR"], accesses.map(toRow))}`);
  return status;
}

const toRow = ({ at, name, version, who, address, purpose }: SecretAccess): string[] => [
  minute(at),
  name,
  String(version),
  who,
  address ?? "",
  purpose,
];

function versionsOf(secret: StoredSecret, now: Date): string[][] {
  const { name, current, previous } = secret;
  const rows = [[current, currentState(secret, now)] as const];
  const grace = graceEnd(secret);
  const replaced = now <= grace ? `replaced, readable until ${minute(grace.toISOString())}` : "replaced";
  return [...rows, ...(previous === null ? [] : [[previous, replaced] as const])].map(([one, state]) => [
    name,
    String(one.version),
    String(Math.floor((now.getTime() - Date.parse(one.createdAt)) / dayMs)),
    minute(one.createdAt),
    state,
  ]);
}

function currentState(secret: StoredSecret, now: Date): string {
  const { expiresAt } = secret.current;
  if (expiresAt === null) return "current";
  return isExpired(secret, now) ? `EXPIRED ${minute(expiresAt)}` : `current, expires ${minute(expiresAt)}`;
}

const isExpired = ({ current: { expiresAt } }: StoredSecret, now: Date): boolean =>
  expiresAt !== null && Date.parse(expiresAt) <= now.getTime();
