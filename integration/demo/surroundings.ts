import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres, type PostgresAddress } from "../servers/postgres.ts";
import { apps, type App } from "./apps.ts";

/** What the demo runs on: a server of its own and a password for each app, both gone when it is disposed of. */
export interface Surroundings extends AsyncDisposable {
  readonly address: PostgresAddress;
  readonly passwordFile: (app: App) => string;
  /** The arguments of nixops4.nix, which finds them in its environment. */
  readonly env: Record<string, string>;
}

export async function makeSurroundings(): Promise<Surroundings> {
  const server = await startPostgres({ version: 18 });
  const folder = await mkdtemp(join(tmpdir(), "nixops4-resources-demo-"));
  const passwordFile = (app: App): string => join(folder, app);
  for (const app of apps) {
    await writeFile(passwordFile(app), `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  }
  const { address } = server;
  return {
    address,
    passwordFile,
    env: {
      DEMO_POSTGRES_PORT: String(address.port),
      DEMO_POSTGRES_PASSWORD_FILE: address.passwordFile,
      DEMO_APP_PASSWORDS: folder,
      DEMO_NODE: process.execPath,
      DEMO_PROVIDER: join(import.meta.dirname, "../../providers/postgres/dist/main.cjs"),
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
