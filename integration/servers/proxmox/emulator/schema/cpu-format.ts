import { words } from "../words.ts";
import { failure } from "../refusal.ts";
import type { Properties } from "./spec.ts";

/** Models of QEMU. Source: PVE/QemuServer/CPUConfig.pm */
const models = words(`
486 pentium pentium2 pentium3 coreduo core2duo Conroe Penryn KnightsMill Nehalem Nehalem-IBRS
Westmere Westmere-IBRS SandyBridge SandyBridge-IBRS IvyBridge IvyBridge-IBRS Haswell Haswell-IBRS
Haswell-noTSX Haswell-noTSX-IBRS Broadwell Broadwell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS
Skylake-Client Skylake-Client-IBRS Skylake-Client-noTSX-IBRS Skylake-Client-v4 Skylake-Server
Skylake-Server-IBRS Skylake-Server-noTSX-IBRS Skylake-Server-v4 Skylake-Server-v5 Cascadelake-Server
Cascadelake-Server-v2 Cascadelake-Server-noTSX Cascadelake-Server-v4 Cascadelake-Server-v5
Cooperlake Cooperlake-v2 Icelake-Client Icelake-Client-noTSX Icelake-Server Icelake-Server-noTSX
Icelake-Server-v3 Icelake-Server-v4 Icelake-Server-v5 Icelake-Server-v6 Icelake-Server-v7
SapphireRapids SapphireRapids-v2 SapphireRapids-v3 SapphireRapids-v4 GraniteRapids GraniteRapids-v2
GraniteRapids-v3 SierraForest SierraForest-v2 SierraForest-v3 ClearwaterForest athlon phenom
Opteron_G1 Opteron_G2 Opteron_G3 Opteron_G4 Opteron_G5 EPYC EPYC-IBPB EPYC-v3 EPYC-v4 EPYC-v5
EPYC-Rome EPYC-Rome-v2 EPYC-Rome-v3 EPYC-Rome-v4 EPYC-Rome-v5 EPYC-Milan EPYC-Milan-v2 EPYC-Milan-v3
EPYC-Genoa EPYC-Genoa-v2 EPYC-Turin kvm32 kvm64 qemu32 qemu64 max host x86-64-v2 x86-64-v2-AES
x86-64-v3 x86-64-v4
`);

/** Flags that a VM may set. Source: PVE/QemuServer/CPUFlags.pm */
const flags = words(`
  aes amd-no-ssb amd-ssbd hv-evmcs hv-tlbflush ibpb md-clear nested-virt pcid pdpe1gb spec-ctrl ssbd virt-ssbd
`);

const anyFlag = "[+-][a-zA-Z0-9._-]+";

/** A CPU of a VM: no custom models, which need an entry of the cluster, and no reported model. */
export const cpuFormat: Properties = {
  cputype: { type: "string", optional: 1, default_key: 1 },
  flags: { type: "string", optional: 1, pattern: `${anyFlag}(;${anyFlag})*` },
  hidden: { type: "boolean", optional: 1 },
  "hv-vendor-id": { type: "string", optional: 1, pattern: "[a-zA-Z0-9]{1,12}" },
  "guest-phys-bits": { type: "integer", optional: 1, minimum: 32, maximum: 64 },
  "phys-bits": { type: "string", optional: 1, pattern: "host|[89]|[1-5]\\d|6[0-4]" },
};

/** Rules beside those of the parts. Source: PVE/QemuServer/CPUConfig.pm: validate_vm_cpu_conf */
export function checkCpu(parts: ReadonlyMap<string, string>): void {
  const model = parts.get("cputype");
  if (model === undefined) throw failure("CPU is missing cputype");
  if (model.startsWith("custom-")) throw failure(`Custom cputype '${model.slice("custom-".length)}' not found`);
  if (!models.includes(model)) {
    throw failure(`Built-in cputype '${model}' is not defined (missing 'custom-' prefix?)`);
  }
  const chosen = parts.get("flags")?.split(";") ?? [];
  if (!chosen.every((flag) => flags.includes(flag.slice(1)))) {
    throw failure(`VM-specific CPU flags must be a subset of: ${flags.join(", ")}`);
  }
}
