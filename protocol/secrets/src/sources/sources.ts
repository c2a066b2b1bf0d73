import type { SecretSources } from "@nixops4-resources/protocol-core";

/** Reads references of the kinds `age`, `sops` and `store`. The code of each kind is loaded on first use. */
const sources: SecretSources = {
  async read(ref, what) {
    if ("age" in ref) return await (await import("./age.ts")).readAge(ref, what);
    if ("sops" in ref) return await (await import("./sops.ts")).readSops(ref, what);
    return await (await import("./store.ts")).readStore(ref, what);
  },
  errors: () => import("../errors.ts"),
};

export default sources;
