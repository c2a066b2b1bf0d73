// Records the demo's deployment for machines without Nix, without Garage and with it: integration/demo/recording*.json.
//   node integration/scripts/record-demo.ts [--check]
// With --check it writes nothing, and exits with 2 if a recording differs from the current evaluation.
import { join } from "node:path";
import { run } from "@nixops4-resources/integration-driver/run";
import { findNix } from "@nixops4-resources/integration-nix/find-nix";
import { build } from "./build.ts";

const demo = join(import.meta.dirname, "../demo");

/** Values that differ between machines. They are examples, except for the programs, which describe their outputs. */
const open = {
  DEMO_POSTGRES_PORT: "5432",
  DEMO_POSTGRES_PASSWORD_FILE: "/run/secrets/postgres",
  DEMO_SECRETS: "/srv/secrets",
  DEMO_IDENTITY: "/run/secrets/identity",
  DEMO_MASTODON_GENERATION: "1",
  DEMO_NODE: process.execPath,
  DEMO_PROVIDERS: join(demo, "../../providers"),
  DEMO_LLDAP_URL: "http://127.0.0.1:17170",
  DEMO_LLDAP_LDAP_URL: "ldap://127.0.0.1:3890",
  DEMO_LLDAP_PASSWORD_FILE: "/run/secrets/lldap",
  DEMO_LLDAP_BASE_DN: "dc=example,dc=com",
  DEMO_PROXMOX_URL: "https://pve.example.org:8006",
  DEMO_PROXMOX_TOKEN_FILE: "/run/secrets/proxmox-token",
  DEMO_PROXMOX_CA_FILE: "/etc/pve/pve-root-ca.pem",
  DEMO_PROXMOX_IMAGE: "/srv/images/nixos.qcow2",
};

const openWithGarage = {
  ...open,
  DEMO_GARAGE_URL: "http://127.0.0.1:3903",
  DEMO_GARAGE_TOKEN_FILE: "/run/secrets/garage",
  DEMO_GARAGE_S3_URL: "http://127.0.0.1:3900",
  DEMO_GARAGE_ROOT_DOMAIN: "web.localhost",
};

await build();
process.exitCode =
  (await record("recording.json", open)) || (await record("recording-with-garage.json", openWithGarage));

async function record(name: string, variables: Readonly<Record<string, string>>): Promise<number> {
  const recording = join(demo, name);
  const mode = process.argv.includes("--check")
    ? ["--check", recording]
    : ["--output", recording, ...Object.keys(variables).flatMap((variable) => ["--open", variable])];
  return await run(["record", "--file", join(demo, "nixops4.nix"), ...mode], {
    env: { ...process.env, DEMO_GARAGE_URL: "", ...variables },
    stdout: process.stdout,
    stderr: process.stderr,
    findNix: () => findNix({ bring: true }),
  });
}
