// The emulator of Proxmox VE: `node main.ts SETTINGS_FILE`, with the JSON of `Settings`.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { Datacenter } from "./cluster/datacenter.ts";
import { controlServer } from "./control/server.ts";
import { Api } from "./http/api.ts";
import { httpsServer } from "./http/server.ts";
import { logToStdout as log } from "./log.ts";
import { routes } from "./routes.ts";
import { Spec } from "./schema/spec.ts";
import { settingsSchema } from "./settings.ts";

const settings = settingsSchema.parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const certificate = { cert: readFileSync(settings.certificateFile), key: readFileSync(settings.keyFile) };
const { fingerprint256 } = new X509Certificate(certificate.cert);
const hardware = settings.hardware && new (await import("./hardware/qemu.ts")).Qemu(settings.hardware, log);
const datacenter = new Datacenter(settings.nodes, settings.tokenSecret, fingerprint256, hardware ?? undefined);
const spec = settings.specFile === null ? undefined : new Spec(settings.specFile);
if (spec === undefined) log("proxmox/apidata.json is missing: names and types of parameters are not verified");
const host = "127.0.0.1";

httpsServer(certificate, new Api(datacenter, routes(datacenter), spec), datacenter.faults, log).listen(
  settings.port,
  host,
);
controlServer(datacenter, log).listen(settings.controlPort, host);
