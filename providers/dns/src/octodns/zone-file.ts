import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OctodnsRecord } from "./run.ts";

/** The configuration of an OctoDNS source that reads zone files from the folder. */
export const sourceIn = (directory: string): object => ({
  class: "octodns.provider.yaml.YamlProvider",
  directory,
  enforce_order: false,
});

/** Writes the source's zone file: JSON, which is valid YAML. It contains no secrets. */
export function writeZoneFile(folder: string, zone: string, records: readonly OctodnsRecord[]): void {
  const names = [...new Set(records.map(({ name }) => name))];
  const content = names.map((name) => [name, records.filter((record) => record.name === name).map(toYaml)]);
  writeFileSync(join(folder, `${zone}yaml`), JSON.stringify(Object.fromEntries(content)));
}

/** Types that allow one value, such as CNAME, take `value` instead of the list `values`. */
const toYaml = ({ type, ttl, values }: OctodnsRecord): object =>
  values.length === 1 ? { type, ttl, value: values[0] } : { type, ttl, values };
