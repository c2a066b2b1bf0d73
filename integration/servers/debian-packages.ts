import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

/** A program that tests start, and its Debian package. */
export interface DebianProgram {
  file: string;
  package: string;
}

/** The programs that service tests need besides npm packages. */
export const testPrograms: readonly DebianProgram[] = [
  { file: "/usr/lib/postgresql/15/bin/postgres", package: "postgresql-15" },
  { file: "/usr/sbin/pgbouncer", package: "pgbouncer" },
  { file: "/usr/bin/strace", package: "strace" },
  { file: "/usr/bin/age", package: "age" },
  { file: "/usr/bin/ssh-keygen", package: "openssh-client" },
  { file: "/usr/sbin/sshd", package: "openssh-server" },
  { file: "/usr/bin/busybox", package: "busybox" },
  { file: "/usr/sbin/named", package: "bind9" },
  { file: "/usr/sbin/knotd", package: "knot" },
  { file: "/usr/sbin/pdns_server", package: "pdns-server" },
  { file: "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql", package: "pdns-backend-sqlite3" },
  { file: "/usr/bin/sqlite3", package: "sqlite3" },
  { file: "/usr/sbin/nsd", package: "nsd" },
  { file: "/usr/sbin/slapd", package: "slapd" },
  { file: "/usr/bin/dig", package: "bind9-dnsutils" },
  { file: "/usr/bin/openssl", package: "openssl" },
  { file: "/usr/bin/wg", package: "wireguard-tools" },
  { file: "/usr/bin/htpasswd", package: "apache2-utils" },
  { file: "/usr/bin/argon2", package: "argon2" },
  { file: "/usr/bin/named-checkconf", package: "bind9-utils" },
  { file: "/lib/systemd/systemd", package: "systemd" },
  { file: "/usr/bin/sudo", package: "sudo" },
  { file: "/usr/lib/python3.11/ensurepip/__init__.py", package: "python3-venv" },
  // Garage is built from its crate, on these libraries.
  { file: "/usr/include/sodium.h", package: "libsodium-dev" },
  { file: "/usr/include/zstd.h", package: "libzstd-dev" },
  { file: "/usr/include/sqlite3.h", package: "libsqlite3-dev" },
  { file: "/usr/bin/pkg-config", package: "pkg-config" },
];

/** What builds and runs a real guest, for `WHOLE_CONTRACT=1` only. */
export const machinePrograms: readonly DebianProgram[] = [
  { file: "/usr/bin/qemu-system-x86_64", package: "qemu-system-x86" },
  { file: "/usr/bin/qemu-img", package: "qemu-utils" },
  { file: "/usr/bin/genisoimage", package: "genisoimage" },
  { file: "/usr/bin/mmdebstrap", package: "mmdebstrap" },
  { file: "/usr/sbin/mke2fs", package: "e2fsprogs" },
  { file: "/usr/sbin/sfdisk", package: "fdisk" },
  { file: "/usr/bin/grub-mkimage", package: "grub-common" },
  { file: "/usr/lib/grub/i386-pc/boot.img", package: "grub-pc-bin" },
];

/**
 * Installs missing packages as root on Debian 12. On other systems the programs come from PATH, and tests whose program
 * is missing are skipped. Reports on stderr.
 */
export function ensureDebianPackages(programs: readonly DebianProgram[]): void {
  const missing = programs.filter(({ file }) => !existsSync(file)).map((program) => program.package);
  if (missing.length === 0 || process.getuid?.() !== 0 || !isBookworm()) return;
  process.stderr.write(`Installing Debian's ${missing.join(", ")} ...\n`);
  withoutServices(() => {
    apt("update");
    apt("install", "--no-install-recommends", ...missing);
  });
}

function isBookworm(): boolean {
  return existsSync("/etc/os-release") && readFileSync("/etc/os-release", "utf8").includes("VERSION_CODENAME=bookworm");
}

function apt(...args: string[]): void {
  const { status } = spawnSync(
    "apt-get",
    ["-y", "-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Options::=--force-confold", ...args],
    {
      // apt's output is progress; stdout belongs to the caller.
      stdio: ["ignore", 2, 2],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    },
  );
  if (status !== 0) throw new Error(`Unable to run apt-get ${args.join(" ")}: see above.`);
}

/**
 * Prevents the packages from creating a cluster and starting services. Sources: README.Debian of
 * postgresql-common, and https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
function withoutServices(work: () => void): void {
  const policy = "/usr/sbin/policy-rc.d";
  const clusters = "/etc/postgresql-common/createcluster.conf";
  const hadPolicy = existsSync(policy);
  if (!hadPolicy) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  if (!existsSync(clusters)) {
    mkdirSync("/etc/postgresql-common", { recursive: true });
    writeFileSync(clusters, "create_main_cluster = false\n");
  }
  try {
    work();
  } finally {
    if (!hadPolicy) rmSync(policy);
  }
}
