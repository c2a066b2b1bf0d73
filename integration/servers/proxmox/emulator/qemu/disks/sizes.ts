import type { Guest } from "../guest.ts";

const factors: Readonly<Record<string, number>> = { "": 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Bytes of a size such as `2G`. Source: PVE/JSONSchema.pm: parse_size */
export function parseSize(text: string): number {
  const [, number = "0", unit = ""] = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text) ?? [];
  return Math.floor(Number(number) * (factors[unit] ?? 1));
}

/** The largest unit without a remainder. Source: format_size */
export function formatSize(bytes: number): string {
  const units = ["", "K", "M", "G", "T"];
  let [size, index] = [Math.floor(bytes), 0];
  while (index < units.length - 1 && size !== 0 && size % 1024 === 0) {
    size /= 1024;
    index++;
  }
  return `${size}${units[index]}`;
}

/** The size of the first disk of the boot order. */
export function maxDiskOf({ config }: Guest): number {
  const [, order = ""] = /^order=(.*)$/.exec(config.current.get("boot") ?? "") ?? [];
  const disk = order.split(";").find((key) => config.current.get(key)?.includes("size=") === true);
  const [, size = "0"] = /(?:^|,)size=([^,]+)/.exec(config.current.get(disk ?? "") ?? "") ?? [];
  return parseSize(size);
}
