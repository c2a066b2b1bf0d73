import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ServerUnavailable } from "./server-unavailable.ts";

const systemd = "/lib/systemd/systemd";

/** As root in namespaces of its own: `boot UNITS`. systemd finds no other runtime folder and no other units. */
const boot = `
  mount --make-rprivate / && mount -t tmpfs none /run && mount --bind "$1" /etc/systemd/system &&
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
    ${systemd} --system --unit=scene.target --show-status=no --log-level=err`;

/** The process namespace is that of the new systemd, whose death ends all its processes. */
const namespaces = ["--pid", "--fork", "--kill-child", "--mount", "--mount-proc", "--ipc", "--uts", "--cgroup"];

/** What a systemd does. */
interface Scene {
  /** The contents of unit files, by name. They should not have the default dependencies, which would boot a whole system. */
  readonly units: Readonly<Record<string, string>>;
  /** Commands that root runs in a unit of their own, such as `systemctl start`. When they have ended, systemd ends. */
  readonly script: string;
}

/**
 * Runs the machine's systemd as the first process of a new process namespace. Returns what the script prints. Throws if the script fails,
 * and ServerUnavailable if it cannot run here.
 */
export function underSystemd({ units, script }: Scene): string {
  if (!existsSync(systemd)) throw new ServerUnavailable("systemd is not installed (Debian's package is systemd)");
  if (spawnSync("unshare", [...namespaces, "true"]).status !== 0) {
    throw new ServerUnavailable("root may not create namespaces here", { isOptional: true });
  }
  const folder = mkdtempSync("/var/tmp/nixops4-systemd-");
  try {
    const output = join(folder, "output");
    const all = { ...units, "scene.target": target, "scene.service": serviceOf(join(folder, "script"), output) };
    mkdirSync(join(folder, "units"));
    for (const [name, content] of Object.entries(all)) writeFileSync(join(folder, "units", name), content);
    writeFileSync(join(folder, "script"), script);
    const { status, stderr, error } = spawnSync(
      "unshare",
      [...namespaces, "sh", "-c", boot, "boot", join(folder, "units")],
      { encoding: "utf8", timeout: 60_000 },
    );
    const printed = existsSync(output) ? readFileSync(output, "utf8") : "";
    if (status !== 0) {
      throw new Error(`systemd ended with status ${status}.\n${stderr}${printed}`, { cause: error });
    }
    return printed;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const target = "[Unit]\nDefaultDependencies=no\nWants=scene.service\n";

const serviceOf = (script: string, output: string): string => `
[Unit]
DefaultDependencies=no
SuccessAction=exit-force
FailureAction=exit-force
FailureActionExitStatus=1
[Service]
Type=oneshot
ExecStart=/bin/sh -eu ${script}
StandardOutput=file:${output}
StandardError=inherit
`;
