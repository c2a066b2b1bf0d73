import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DirectoryStore } from "@nixops4-resources/protocol-secrets";
import { generateX25519Identity } from "age-encryption";
import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import { startPostgres, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { lldapVariables, startDirectory } from "./account.ts";
import { garageVariables, startGarageIfFound, type NoGarage } from "./bucket.ts";
import { proxmoxVariables, startCluster, type Cluster } from "./machine.ts";

/** The demo's servers, folder for secrets, and key, which are removed when this is disposed of. */
export interface Surroundings extends AsyncDisposable {
  readonly address: PostgresAddress;
  readonly garage: GarageServer | NoGarage;
  readonly lldap: LldapServer;
  readonly cluster: Cluster;
  readonly secrets: DirectoryStore;
  /** A file with the inputs of the member `state`, for its command line. */
  readonly stateInputs: string;
  /** The arguments of nixops4.nix, which reads them from its environment. */
  readonly env: Readonly<Record<string, string>>;
}

export const providers = join(import.meta.dirname, "../../providers");

export async function makeSurroundings(): Promise<Surroundings> {
  const [server, garage, lldap, cluster] = await Promise.all([
    startPostgres({ version: 18 }),
    startGarageIfFound(),
    startDirectory(),
    startCluster(),
  ]);
  const { address } = server;
  const home = await mkdtemp(join(tmpdir(), "nixops4-resources-demo-"));
  const [folder, identity] = [join(home, "secrets"), join(home, "identity")];
  await mkdir(folder, { mode: 0o700 });
  await writeFile(identity, `${await generateX25519Identity()}\n`, { mode: 0o600 });
  const stateInputs = join(home, "state.json");
  await writeFile(stateInputs, JSON.stringify(inputsOfState(address, identity)));
  return {
    address,
    garage,
    lldap,
    cluster,
    secrets: { folder, identity: { file: identity } },
    stateInputs,
    env: {
      DEMO_POSTGRES_PORT: String(address.port),
      DEMO_POSTGRES_PASSWORD_FILE: address.passwordFile,
      DEMO_SECRETS: folder,
      DEMO_IDENTITY: identity,
      DEMO_MASTODON_GENERATION: "1",
      DEMO_NODE: process.execPath,
      DEMO_PROVIDERS: providers,
      ...garageVariables(garage),
      ...lldapVariables(lldap),
      ...proxmoxVariables(cluster),
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await lldap[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
      if (!("missing" in garage)) await garage[Symbol.asyncDispose]();
      await rm(home, { recursive: true, force: true });
    },
  };
}

function inputsOfState({ host, port, user, passwordFile }: PostgresAddress, identity: string): object {
  return {
    name: "fediverse-demo",
    managedBy: "fediverse-demo",
    identity: { file: identity },
    connection: { host, port, user, password: { file: passwordFile } },
  };
}
