import { parseCard } from "../qemu/values/card.ts";
import { bootOrder } from "../qemu/values/boot-order.ts";
import { isCardKey, isCloudInitKey } from "../qemu/values/keys.ts";
import { notEmulated } from "../refusal.ts";
import { words } from "../words.ts";

/** A drive of the VM: a file of the host. */
export interface DriveFile {
  readonly key: string;
  readonly file: string;
  readonly format: string;
  readonly isCd: boolean;
}

/** Where the host reaches the VM: a port of 127.0.0.1 for its SSH, and the sockets of QEMU and of the agent. */
export interface Reach {
  readonly sshPort: number;
  readonly monitor: string;
  readonly agent: string;
  /** File with what the guest writes to its serial console. */
  readonly console: string;
}

/** Settings that change nothing for the guest here. An emulated CPU has all features, so its type does not matter. */
const ignored = new Set(
  words(`
    agent balloon boot cpu cpulimit cpuunits description digest meta name onboot ostype protection scsihw serial0 startup
    tags vga vmgenid
  `),
);

/**
 * QEMU's arguments for a VM's settings, with an emulated CPU, since hosts of tests rarely have KVM. What is not understood is
 * refused. Source: PVE/QemuServer.pm: config_to_command
 */
export function commandLine(values: ReadonlyMap<string, string>, drives: readonly DriveFile[], reach: Reach): string[] {
  checkKnown(values, drives);
  const cores = Number(values.get("cores") ?? 1) * Number(values.get("sockets") ?? 1);
  const fixed = `
    -machine pc -accel tcg,thread=multi -cpu max -smp ${cores} -m ${values.get("memory") ?? "512"}
    -nodefaults -no-user-config -display none -serial file:${reach.console}
    -qmp unix:${reach.monitor},server=on,wait=off
    -chardev socket,id=agent,path=${reach.agent},server=on,wait=off
    -device virtio-serial-pci -device virtserialport,chardev=agent,name=org.qemu.guest_agent.0 -device virtio-rng-pci
  `;
  const smbios = values.get("smbios1");
  return [
    ...words(fixed),
    ...(smbios === undefined ? [] : ["-smbios", `type=1,${smbios}`]),
    ...drives.flatMap((drive) => driveArguments(drive, bootOrder(values.get("boot")))),
    ...[...values].filter(([key]) => isCardKey(key)).flatMap(([key, text]) => cardArguments(key, text, values, reach)),
  ];
}

function checkKnown(values: ReadonlyMap<string, string>, drives: readonly DriveFile[]): void {
  const known = new Set([...ignored, "cores", "sockets", "memory", "smbios1", ...drives.map(({ key }) => key)]);
  for (const [key, value] of values) {
    const isDefault = (key === "bios" && value === "seabios") || (key === "machine" && value === "pc");
    if (known.has(key) || isDefault || isCardKey(key) || isCloudInitKey(key) || key.startsWith("unused")) continue;
    throw notEmulated(`a machine with ${key}: ${value}`);
  }
}

function driveArguments({ key, file, format, isCd }: DriveFile, order: readonly string[]): string[] {
  const place = order.indexOf(key);
  const boot = place < 0 ? "" : `,bootindex=${place + 1}`;
  const drive = `file=${file},format=${format},if=none,id=${key},cache=unsafe${isCd ? ",media=cdrom,readonly=on" : ""}`;
  const number = Number(/\d+$/.exec(key)?.[0]);
  // Two buses with two units each. Source: PVE/QemuServer.pm: print_drivedevice_full
  if (isCd && key.startsWith("ide")) {
    return ["-drive", drive, "-device", `ide-cd,bus=ide.${number >> 1},unit=${number & 1},drive=${key}${boot}`];
  }
  if (isCd || !key.startsWith("virtio")) throw notEmulated(`a machine with a disk at ${key}`);
  return ["-drive", drive, "-device", `virtio-blk-pci,drive=${key}${boot}`];
}

const devices: Readonly<Record<string, string>> = { virtio: "virtio-net-pci", e1000: "e1000" };

/** A network of its own behind each card, from which no packet leaves this host. */
function cardArguments(key: string, text: string, values: ReadonlyMap<string, string>, { sshPort }: Reach): string[] {
  const { model, macaddr } = parseCard(text);
  const device = devices[model];
  if (device === undefined) throw notEmulated(`a machine with a card of the model ${model}`);
  const config = values.get(key.replace("net", "ipconfig")) ?? "";
  const [, address, prefix] = /(?:^|,)ip=([0-9.]+)\/(\d+)/.exec(config) ?? [];
  const [, gateway] = /(?:^|,)gw=([0-9.]+)/.exec(config) ?? [];
  const network = [
    ...(address === undefined ? [] : [`net=${address}/${prefix}`]),
    ...(gateway === undefined ? [] : [`host=${gateway}`]),
    "restrict=on",
    // The first address that QEMU's DHCP server gives.
    ...(key === "net0" ? [`hostfwd=tcp:127.0.0.1:${sshPort}-${address ?? "10.0.2.15"}:22`] : []),
  ];
  return ["-netdev", `user,id=${key},${network.join(",")}`, "-device", `${device},netdev=${key},mac=${macaddr}`];
}
