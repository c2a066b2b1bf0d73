// Creates a new provider from a living one. `npm run new-provider -- --help` prints how it is used.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyProvider } from "./new-provider/copy.ts";
import { templates } from "./new-provider/template.ts";

const root = join(import.meta.dirname, "../..");

const usage = `Usage: npm run new-provider -- [--files] <name> <type>

Creates providers/<name> with one resource type, and generates its Nix options and documentation.
It passes check and its tests as it is. Then replace its client and its type, and the server that its tests start.

  <name>   Name of the provider: small letters, digits and hyphens, such as my-queue.
  <type>   Name of its first resource type: small letters, digits and underscores, such as message_log.
  --files  Copies providers/example, which keeps files. Without it providers/example-http is copied: a service that is
           reached over HTTP, with a connection (URL, TLS by CA and pin, token), errors, and a server for tests.
`;

try {
  create();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function create(): void {
  const options = { files: { type: "boolean", default: false }, help: { type: "boolean", short: "h" } } as const;
  const args = process.argv.slice(2).filter((argument) => argument !== "--");
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help === true) {
    process.stdout.write(usage);
    return;
  }
  const [provider, resource, ...rest] = positionals;
  if (provider === undefined || resource === undefined || rest.length > 0) throw new Error(usage.trimEnd());
  const template = values.files ? templates.files : templates.http;
  for (const file of copyProvider(root, provider, resource, template)) process.stdout.write(`wrote ${file}\n`);
  installAndGenerate();
  const next = [...template.first, `src/${resource.replaceAll("_", "-")}.ts`].join(", ");
  process.stdout.write(
    `\nproviders/${provider} works and ${template.does} for now. Next: docs/CONTRIBUTING.md, then ${next}.\n`,
  );
}

/** A new package changes the lockfile, which CI would refuse. */
function installAndGenerate(): void {
  const run = ["integration/scripts/run.mjs", "node", "integration/scripts/generate.ts"];
  const { status } = spawnSync(process.execPath, run, { cwd: root, stdio: "inherit", env: { ...process.env, CI: "" } });
  if (status !== 0) throw new Error("Unable to install and generate: see above. Then run `npm run generate`.");
}
