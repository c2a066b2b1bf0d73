import { spawn } from "node:child_process";
import { once } from "node:events";
import { engineCookie } from "@nixops4-resources/protocol-core/plugin";
import { train } from "@nixops4-resources/protocol-core/train";
import { makeCertificate } from "@nixops4-resources/protocol-opentofu/certificate";

/** Runs a plugin until it writes the line with its socket. `process.argv[1]` is its file. */
const untilItListens = `
  process.stdout.write = () => setImmediate(() => process.exit(0));
  require(process.argv[1]);
`;

/** V8 seeds the hashes in its code with it, and accepts the code with any other seed. So two builds write equal caches. */
const seed = "--random-seed=1";

/**
 * Writes the code caches of a plugin's start beside its bundle. Needs no server: OpenTofu starts a plugin three to five
 * times in a command, and each start loads the same chunks until the plugin listens.
 */
export async function writePluginCaches(main: string): Promise<void> {
  await train({ main }, "plugin", async ({ main: copy, environment }) => {
    const child = spawn(process.execPath, [seed, "-e", untilItListens, copy], {
      env: { ...environment, TF_PLUGIN_MAGIC_COOKIE: engineCookie, PLUGIN_CLIENT_CERT: makeCertificate().pem },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const [status] = await once(child, "exit");
    if (status !== 0) throw new Error(`Unable to start the plugin ${main}: it ended with status ${String(status)}.`);
  });
}
