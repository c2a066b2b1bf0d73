// `pnpm bench [ROUNDS]`: the cost of a provider per start, as a multiple of F, the CPU time of `node -e 0`.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { build } from "@nixops4-resources/integration-scripts/build";
import { startPostgres, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { applications } from "./applications.ts";
import { worker } from "./crowd/table.ts";
import { deployment } from "./deployment.ts";
import { growth } from "./growth.ts";
import { measure, median, type Case } from "./measure.ts";
import { heldBack } from "./held-back.ts";
import { machines } from "./machines.ts";
import { privateMemoryMib } from "./memory.ts";
import { nameServers } from "./name-servers.ts";
import { openTofu } from "./opentofu.ts";
import { state } from "./state.ts";
import { timedRun } from "./timed-run.ts";

const rounds = Number(process.argv[2] ?? 15);
const bundle = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);
const node = process.execPath;
const floor: Case = { name: "F: node -e 0", argv: [node, "-e", "0"] };
const answer: Case = {
  name: "answer without a backend (a file that is as declared)",
  argv: [node, bundle("example")],
  request: file,
  limit: 1.3,
};

await build({ train: true });
const folder = mkdtempSync(join(tmpdir(), "nixops4-resources-bench-"));
try {
  await using server = await startPostgres({ version: 18, durable: true });
  await bench(server.address);
  await nameServers(floor, rounds, folder, say);
  await machines(floor, answer, folder, rounds, say);
  await applications(say);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bench(address: PostgresAddress): Promise<void> {
  say(
    `Node ${process.version}, PostgreSQL ${address.version}, ${cpus().length} processors, ${rounds} rounds interleaved`,
  );
  oneAtATime(address);
  await manyAtOnce(address);
  await deployment(address, folder, say);
  await growth(address, folder, say);
  await worker(address, floor.argv, folder, say);
  await state(address, folder, say);
  await openTofu(floor, address, folder, rounds, say);
}

function oneAtATime(address: PostgresAddress): void {
  const results = measure(
    [
      floor,
      answer,
      { name: "bare connect by SCRAM, one query", argv: [node, bareConnect()], request: () => bareRequest(address) },
      {
        name: "role: create",
        argv: [node, bundle("postgres")],
        request: (start) => role(address, `bench_${start}`),
        limit: 2.4,
      },
      {
        name: "role: unchanged",
        argv: [node, bundle("postgres")],
        request: () => role(address, "bench_0"),
        limit: 2.4,
      },
    ],
    rounds,
  );
  say("");
  for (const { name, cpuMs, ratio, limit } of results) {
    const goal = limit === undefined ? "" : `   goal <= ${limit.toFixed(2)} F${ratio <= limit ? "" : ", MISSED"}`;
    say(`${name.padEnd(54)} ${cpuMs.toFixed(1).padStart(7)} ms ${ratio.toFixed(2).padStart(6)} F${goal}`);
  }
}

async function manyAtOnce(address: PostgresAddress): Promise<void> {
  const count = 100;
  const argv = [node, bundle("postgres")];
  const ratios = [0, 1, 2].map((round) => {
    const alone = timedRun({
      argv: floor.argv,
      requests: Array.from({ length: count }, () => undefined),
      atOnce: true,
    });
    const requests = Array.from({ length: count }, (_, start) => role(address, `crowd_${round}_${start}`));
    const { cpuMs, wallMs, failures } = timedRun({ argv, requests, atOnce: true });
    if (failures[0] !== undefined) throw new Error(`${failures.length} of ${count} at once failed: ${failures[0]}`);
    return { ratio: cpuMs / alone.cpuMs, wallMs };
  });
  const ratio = median(ratios.map((one) => one.ratio));
  const seconds = median(ratios.map(({ wallMs }) => wallMs)) / 1000;
  say(
    `\n${count} role creates at once, none failed: ${ratio.toFixed(2)} F each, ${seconds.toFixed(1)} s   goal <= 2.40 F`,
  );

  await using held = await heldBack(address);
  const memory = await privateMemoryMib(argv, (start) => role(address, `held_${start}`), count);
  say(
    `${count} of them alive on a server that does not answer (${held.waiting()} connected): private memory ` +
      `${memory.median.toFixed(1)} MiB each (median), ${memory.largest.toFixed(1)} MiB at most   goal <= 13 MB`,
  );
}

function role({ host, port, user, passwordFile }: PostgresAddress, name: string): object {
  const connection = { host, port, user, password: { file: passwordFile } };
  return createRequest("role", { connection, name, login: true });
}

function file(): object {
  return createRequest("file", { connection: { folder }, name: "motd", content: "Welcome.\n" });
}

function createRequest(type: string, inputs: object): object {
  return { createResourceRequest: { type, inputProperties: { ...inputs, managedBy: "bench" }, isStateful: false } };
}

/** The bare program, bundled like the providers. */
function bareConnect(): string {
  const outfile = join(folder, "bare", "main.cjs");
  mkdirSync(join(folder, "bare"));
  buildSync({
    entryPoints: [join(import.meta.dirname, "bare-connect.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    minify: true,
    external: ["pg-native", "pg-cloudflare"],
  });
  return outfile;
}

function bareRequest({ port, passwordFile }: PostgresAddress): object {
  return { port, password: readFileSync(passwordFile, "utf8") };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
