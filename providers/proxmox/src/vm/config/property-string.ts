// Property strings of Proxmox: `virtio=BC:24:11:00:00:01,bridge=vmbr0`.

/** The properties by key, in the order of the text. */
export type Properties = ReadonlyMap<string, string>;

/** A value without a key belongs to the default key: `local:100/vm-100-disk-0.raw,size=4G` has the default key `file`. */
export function parseProperties(text: string, defaultKey: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const part of text.split(",")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    if (at === -1) properties.set(defaultKey, part);
    else properties.set(part.slice(0, at), part.slice(at + 1));
  }
  return properties;
}

/** The value of the default key comes first, without its key. Properties without a value are left out. */
export function formatProperties(
  properties: Iterable<readonly [string, string | number | undefined]>,
  defaultKey: string,
): string {
  const all = new Map(properties);
  const first = all.get(defaultKey);
  const rest = [...all].filter(([key, value]) => key !== defaultKey && value !== undefined);
  return [...(first === undefined ? [] : [String(first)]), ...rest.map(([key, value]) => `${key}=${value}`)].join(",");
}

/** Proxmox sorts the keys, so the order means nothing. */
export function isSameProperties(one: string, other: string, defaultKey: string): boolean {
  const sorted = (text: string): string =>
    [...parseProperties(text, defaultKey)]
      .map(([key, value]) => `${key}=${value}`)
      .toSorted()
      .join(",");
  return sorted(one) === sorted(other);
}

/** A flag in a property string. */
export const isOn = (value: string | undefined): boolean =>
  value !== undefined && ["1", "on", "yes", "true"].includes(value);
