import { words } from "../../words.ts";
/** Keys that the configuration file is parsed into numbers for; every other value is a text. Reference: section 1.2 */
const numeric = new Set(
  words(`
acpi allow-ksm autostart ciupgrade freeze keephugepages kvm localtime numa onboot protection reboot
tablet tdf template balloon cores cpuunits migrate_speed shares smp sockets vcpus
`),
);

/** A value of a VM's configuration in the type that the real API answers with. */
export const looseValue = (key: string, value: string): string | number => (numeric.has(key) ? Number(value) : value);
