import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "@nixops4-resources/integration-nix/cache-folder";
import { machinePrograms } from "../debian-packages.ts";
import { ServerUnavailable } from "../server-unavailable.ts";

/** Packages of a guest that boots from its disk, takes the settings of cloud-init, and has the agent. */
const packages =
  "systemd-sysv,udev,dbus,iproute2,linux-image-cloud-amd64,cloud-init,cloud-guest-utils,fdisk,qemu-guest-agent,openssh-server";

/** The guest of tests: Debian 12 with GRUB, on a disk of 2 GiB with one partition. */
export const guestImageBytes = 2 * 1024 ** 3;
const firstPartition = 1024 ** 2;
const rootId = "1d4d3b10-0000-4000-8000-000000000001";
const grub = "/usr/lib/grub/i386-pc";
const grubModules = ["biosdisk", "part_msdos", "ext2", "linux", "normal", "serial", "terminal", "configfile"];

/** The image in the cache. Throws `ServerUnavailable` if it has not been built. */
export function findGuestImage(): string {
  if (existsSync(image())) return image();
  throw new ServerUnavailable(
    "the Debian guest is not built: `WHOLE_CONTRACT=1 npm test` builds it as root on Debian 12",
    {
      isOptional: true,
    },
  );
}

/** Another recipe is another file. */
const image = (): string => {
  const recipe = createHash("sha256")
    .update(readFileSync(import.meta.filename))
    .digest("hex");
  return join(cacheFolder(), `debian-guest-${recipe.slice(0, 12)}.qcow2`);
};

/** Builds the image as root on Debian, in about two minutes, if it is not in the cache. Reports on stderr. */
export function buildGuestImage(): void {
  const isPossible = process.getuid?.() === 0 && machinePrograms.every(({ file }) => existsSync(file));
  if (existsSync(image()) || !isPossible) return;
  process.stderr.write("Building a Debian guest, which takes some minutes ...\n");
  const folder = `${image()}.${process.pid}`;
  const root = join(folder, "root");
  mkdirSync(root, { recursive: true });
  try {
    fillRoot(root);
    const disk = join(folder, "disk");
    makeDisk(root, disk);
    run("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", disk, `${disk}.qcow2`);
    renameSync(`${disk}.qcow2`, image());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function fillRoot(root: string): void {
  run("mmdebstrap", "--quiet", "--variant=minbase", `--include=${packages}`, "bookworm", root);
  run("chroot", root, "systemctl", "enable", "--quiet", "systemd-networkd");
  // Host keys and the machine's id come into being at the first boot.
  const keys = join(root, "etc/ssh");
  for (const name of readdirSync(keys)) if (name.startsWith("ssh_host_")) rmSync(join(keys, name));
  writeFileSync(join(root, "etc/machine-id"), "");
  writeFileSync(join(root, "etc/fstab"), `UUID=${rootId} / ext4 defaults 0 1\n`);
  const boot = readdirSync(join(root, "boot"));
  const nameOf = (prefix: string): string => boot.find((name) => name.startsWith(prefix)) ?? "";
  mkdirSync(join(root, "boot/grub"), { recursive: true });
  const config = [
    "serial --unit=0 --speed=115200",
    "terminal_output serial",
    `linux /boot/${nameOf("vmlinuz-")} root=UUID=${rootId} console=ttyS0 net.ifnames=0`,
    `initrd /boot/${nameOf("initrd.img-")}`,
    "boot",
  ];
  writeFileSync(join(root, "boot/grub/grub.cfg"), config.map((line) => `${line}\n`).join(""));
}

/** Without a loop device: the file system begins at an offset, and GRUB's two parts lie before it. */
function makeDisk(root: string, disk: string): void {
  run("truncate", `--size=${guestImageBytes}`, disk);
  const blocks = `${(guestImageBytes - firstPartition) / 1024}k`;
  run("mke2fs", "-q", "-t", "ext4", "-U", rootId, "-d", root, "-E", `offset=${firstPartition}`, disk, blocks);
  run("sh", "-c", `echo '${firstPartition / 512},,83,*' | sfdisk --quiet "$1"`, "sfdisk", disk);
  const core = `${disk}.grub`;
  run("grub-mkimage", "-O", "i386-pc", "-p", "(hd0,msdos1)/boot/grub", "-o", core, ...grubModules);
  // Not the table of partitions, which follows at byte 440.
  run("dd", "status=none", "conv=notrunc", `if=${grub}/boot.img`, `of=${disk}`, "bs=440", "count=1");
  run("dd", "status=none", "conv=notrunc", `if=${core}`, `of=${disk}`, "bs=512", "seek=1");
}

function run(program: string, ...args: string[]): void {
  // Their output is progress; stdout belongs to the caller.
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2] });
  if (error !== undefined || status !== 0) {
    throw new Error(
      `Unable to build the Debian guest: ${program} ${args.join(" ")}: ${error?.message ?? "see above"}.`,
    );
  }
}
