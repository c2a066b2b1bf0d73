import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import { startEmulator, type EmulatedServer } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import * as z from "zod/mini";
import { measure, median, type Case } from "./measure.ts";
import { timedRun } from "./timed-run.ts";

const count = 20;
const argv = [process.execPath, join(import.meta.dirname, "../../providers/proxmox/dist/main.cjs")];
const answered = z.object({ createResourceResponse: z.object({ outputProperties: z.object({ volume: z.string() }) }) });

/** The cost of a VM on the emulator of Proxmox VE: one alone, and many at once compared with the same calls by curl. */
export async function machines(
  floor: Case,
  answer: Case,
  folder: string,
  rounds: number,
  say: (line: string) => void,
): Promise<void> {
  await using server = await startEmulator({ nodes: ["pve1"] });
  const volume = upload(server, folder);
  const vm = (name: string): object => createRequest("vm", server, inputs(name, volume));
  const [, local, ...results] = measure(
    [
      floor,
      answer,
      { name: "bare GET over TLS, without a provider", argv: bareGet(server) },
      { name: "vm: create from an image (emulator)", argv, request: (start) => vm(`one-${start}`) },
      { name: "vm: unchanged (emulator)", argv, request: () => vm("one-0") },
    ],
    rounds,
  );
  const [bare, create] = results;
  for (const { name, cpuMs, ratio } of results) {
    say(`${name.padEnd(54)} ${cpuMs.toFixed(1).padStart(7)} ms ${ratio.toFixed(2).padStart(6)} F`);
  }
  // The floor is a part of the answer and of the bare GET.
  const beyond = (create?.ratio ?? NaN) - (local?.ratio ?? NaN) - ((bare?.ratio ?? NaN) - 1);
  say(`vm: create beyond an answer and a bare GET: ${beyond.toFixed(2)} F   goal <= 1.50 F`);
  crowd(server, vm, volume, say);
}

/** One request of a program that loads nothing else. */
const bareGet = ({ url, caFile, token }: EmulatedServer): string[] => [
  process.execPath,
  "-e",
  `require("node:https").get(${JSON.stringify(`${url}/api2/json/version`)}, {
    ca: require("node:fs").readFileSync(${JSON.stringify(caFile)}),
    headers: { Authorization: ${JSON.stringify(`PVEAPIToken=${token}`)} },
    agent: false,
  }, (answer) => answer.resume())`,
];

function upload(server: EmulatedServer, folder: string): string {
  const file = join(folder, "image.qcow2");
  writeFileSync(file, qcow2(2 * 1024 ** 3));
  const request = createRequest("image", server, { name: "bench", file, storage: "local", nodes: ["pve1"] });
  const { stdout, stderr } = spawnSync(argv[0] ?? "", argv.slice(1), {
    input: `${JSON.stringify(request)}\n`,
    encoding: "utf8",
  });
  const answer = answered.safeParse(JSON.parse(stdout));
  if (!answer.success) throw new Error(`The image was not uploaded: ${stdout}${stderr}`);
  return answer.data.createResourceResponse.outputProperties.volume;
}

function crowd(
  server: EmulatedServer,
  vm: (name: string) => object,
  volume: string,
  say: (line: string) => void,
): void {
  const ratios = [0, 1, 2].map((round) => {
    const requests = Array.from({ length: count }, (_, index) => vm(`crowd-${round}-${index}`));
    const ours = timedRun({ argv, requests, atOnce: true });
    if (ours.failures[0] !== undefined) throw new Error(`${ours.failures.length} failed: ${ours.failures[0]}`);
    return { ratio: ours.wallMs / byCurl(server, volume, 3000 + round * count), seconds: ours.wallMs / 1000 };
  });
  const [ratio, seconds] = [median(ratios.map((one) => one.ratio)), median(ratios.map((one) => one.seconds))];
  say(
    `${count} VMs from an image at once, none failed: ${seconds.toFixed(1)} s, ${ratio.toFixed(2)} times as long as ${count} loops of curl at once that create, grow and start them`,
  );
}

/** The same calls by curl: one shell for each VM, all at once. Each waits for a task by asking four times a second. */
function byCurl({ url, caFile, token }: EmulatedServer, volume: string, firstId: number): number {
  const script = `
    api() { curl --silent --fail --cacert "$CA" -H "Authorization: PVEAPIToken=$TOKEN" "$@"; }
    task() {
      upid=$(sed 's/.*"data":"\\([^"]*\\)".*/\\1/;s/:/%3A/g;s/@/%40/g;s/!/%21/g')
      until api "$URL/api2/json/nodes/pve1/tasks/$upid/status" | grep -q '"exitstatus":"OK"'; do sleep 0.25; done
    }
    vm() {
      api "$URL/api2/json/nodes/pve1/qemu" -d vmid=$1 -d name=curl-$1 -d memory=1024 -d net0=virtio,bridge=vmbr0 \\
        -d ide2=local:cloudinit -d ciuser=root -d ipconfig0=ip=192.0.2.5/24,gw=192.0.2.1 \\
        --data-urlencode "virtio0=local:0,import-from=$VOLUME" | task
      api -X PUT "$URL/api2/json/nodes/pve1/qemu/$1/resize" -d disk=virtio0 -d size=4G | task
      api -X POST "$URL/api2/json/nodes/pve1/qemu/$1/status/start" | task
    }
    for id in $(seq ${firstId} ${firstId + count - 1}); do vm $id & done; wait`;
  const started = performance.now();
  const { stderr } = spawnSync("bash", ["-c", script], {
    encoding: "utf8",
    env: { ...process.env, CA: caFile, TOKEN: token, URL: url, VOLUME: volume },
  });
  if (stderr !== "") throw new Error(`curl failed: ${stderr}`);
  return performance.now() - started;
}

const inputs = (name: string, volume: string): object => ({
  name,
  nodes: ["pve1"],
  source: { image: { volume } },
  disks: { virtio0: { storage: "local", sizeGib: 4 } },
  nics: { net0: { bridge: "vmbr0" } },
  cloudInit: {
    storage: "local",
    user: "root",
    sshKeys: [],
    addresses: { net0: { ipv4: "192.0.2.5/24", gateway4: "192.0.2.1" } },
    dns: { servers: ["192.0.2.53"], searchDomain: "example.org" },
  },
  power: "running",
});

const createRequest = (type: string, { url, caFile, tokenFile }: EmulatedServer, own: object): object => ({
  createResourceRequest: {
    type,
    inputProperties: { connection: { url, token: { file: tokenFile }, tls: { caFile } }, ...own, managedBy: "bench" },
    isStateful: false,
  },
});
