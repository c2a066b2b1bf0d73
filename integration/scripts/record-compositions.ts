// Records the deployment of integration/compositions for machines without NixOps4's library, in each of its variants.
//   node integration/scripts/record-compositions.ts [--check] [VARIANT...]
// With --check it writes nothing, and exits with 2 if a recording differs from the current evaluation.
import { globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { readRecording } from "@nixops4-resources/integration-driver/recording/recording";
import { run } from "@nixops4-resources/integration-driver/run";
import { findNix } from "@nixops4-resources/integration-nix/find-nix";
import { differenceOf, fileOf, recordingOf, whole } from "../compositions/recordings.ts";
import { build } from "./build.ts";

const folder = join(import.meta.dirname, "../compositions");

/** Values that differ between machines. They are examples, except for the programs, which describe their outputs. */
const open = {
  APPS_FOLDER: "/srv/apps",
  APPS_NODE: process.execPath,
  APPS_PROVIDERS: join(folder, "../../providers"),
  APPS_POSTGRES_PORT: "5432",
  APPS_OTHER_POSTGRES_PORT: "5433",
  APPS_GARAGE_URL: "http://127.0.0.1:3903",
  APPS_S3_URL: "http://127.0.0.1:3900",
  APPS_DNS_PORT: "53",
  APPS_LLDAP_URL: "http://127.0.0.1:17170",
  APPS_LLDAP_BASE_DN: "dc=example,dc=com",
  APPS_LDAP_URL: "ldap://127.0.0.1:3890",
  APPS_LDAP_PORT: "3890",
  APPS_PROXMOX_URL: "https://127.0.0.1:8006",
  APPS_PROXMOX_CA_FILE: "/etc/pve/pve-root-ca.pem",
  APPS_IMAGE: "local:import/nixos.qcow2",
  APPS_SSH_PORT: "22",
  APPS_HOST_KEY: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/jBvwM2WdpOPFgG5NCGQwDlZhiYK/8XnV5DeEkNfVG host",
  APPS_SSH_PUBLIC_KEY: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ/jBvwM2WdpOPFgG5NCGQwDlZhiYK/8XnV5DeEkNfVG test",
};

await build();
const room = mkdtempSync(join(tmpdir(), "nixops4-recordings-"));
try {
  const words = process.argv.slice(2);
  const isChecked = words.includes("--check");
  const named = words.filter((word) => word !== "--check");
  const variants = globSync("variants/*.nix", { cwd: folder }).map((file) => basename(file, ".nix"));
  const all = [whole, ...variants.toSorted().filter((other) => other !== whole)];
  for (const variant of all.filter((one) => named.length === 0 || named.includes(one)))
    process.exitCode = (await (isChecked ? check(variant) : store(variant))) || process.exitCode;
} finally {
  rmSync(room, { recursive: true });
}

async function store(variant: string): Promise<number> {
  const file = join(room, `${variant}.json`);
  const status = await record(variant, "--output", file, ...Object.keys(open).flatMap((name) => ["--open", name]));
  if (status !== 0) return status;
  const recording = await readRecording(file);
  const stored = variant === whole ? recording : differenceOf(await recordingOf(whole), recording);
  writeFileSync(fileOf(variant), `${JSON.stringify(stored, null, 2)}\n`);
  return 0;
}

async function check(variant: string): Promise<number> {
  const file = join(room, `${variant}.json`);
  writeFileSync(file, JSON.stringify(await recordingOf(variant)));
  return await record(variant, "--check", file);
}

async function record(variant: string, ...mode: readonly string[]): Promise<number> {
  return await run(["record", "--file", join(folder, "nixops4.nix"), ...mode], {
    env: { ...process.env, ...open, APPS_VARIANT: variant },
    stdout: process.stdout,
    stderr: process.stderr,
    findNix: () => findNix({ bring: true }),
  });
}
