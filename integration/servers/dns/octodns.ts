import { join } from "node:path";
import { ensurePrograms, programsFolder } from "../process/python-environment.ts";

/** OctoDNS, its provider for name servers with dynamic updates, and their dependencies, from PyPI. */
const octodns = {
  name: "octodns",
  packages: [
    "octodns==1.22.0",
    "octodns-bind==1.1.0",
    "dnspython==2.9.2",
    "fqdn==1.6.0",
    "idna==3.20",
    "natsort==8.4.0",
    "python-dateutil==4.0.0",
    "pyyaml==6.0.4",
    "tzdata==2026.6",
  ],
};

/** The folder of `octodns-sync`. */
export const octodnsFolder = (): string => programsFolder(octodns);

/** The path of `octodns-sync`; creates its environment if missing. Throws `ServerUnavailable` without Python. */
export const findOctodns = async (): Promise<string> => join(await ensurePrograms(octodns), "octodns-sync");
