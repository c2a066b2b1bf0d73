// Sends a fault to an emulator: `node tell.ts CONTROL_PORT kill UPID`. The command that the checks call as KILL.
import { once } from "node:events";
import { request } from "node:http";

const [port = "", fault = "", upid = ""] = process.argv.slice(2);
const sent = request({ host: "127.0.0.1", port: Number(port), method: "POST" }).end(JSON.stringify({ fault, upid }));
const [response] = await once(sent, "response");
process.exitCode = response.statusCode === 200 ? 0 : 1;
