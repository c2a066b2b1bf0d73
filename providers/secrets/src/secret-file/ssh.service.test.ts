import { userInfo } from "node:os";
import { join } from "node:path";
import { startSshd } from "@nixops4-resources/integration-servers/sshd";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import secretFile from "./secret-file.ts";
import { hostBackend, HostFolder } from "../testing/host-backend.ts";
import { otherHostKey, otherIdentity, sshTo } from "../testing/ssh.ts";

const host = new HostFolder();
const sshd = serverOf(() => startSshd({ path: host.path }));
const { username, gid } = userInfo();

// Only what depends on the connection. secret-file.service.test.ts tests the rest, such as each drift, on this machine.
testResource(secretFile, {
  main: join(import.meta.dirname, "../../dist/main.cjs"),
  reached: "programs",
  backend: async () => {
    const { address } = sshd();
    const { registry } = host;
    const to = (ssh: object) => ({ registry, ssh: { ...sshTo(address), ...ssh } });
    return hostBackend(host, {
      connection: to({}),
      broken: {
        "a host with another key": to({ hostKey: otherHostKey(host.bin) }),
        "a key that the host does not accept": to({ identity: { file: otherIdentity(host.bin) } }),
        "a host that is down": to({ port: 1 }),
      },
      // Other programs are tested on this machine.
      programs: ["dd", "mv", "rm"],
      logFile: address.logFile,
    });
  },
  want: {
    path: host.pathOf("db-password"),
    source: { env: "FILE_SECRET" },
    owner: username,
    group: String(gid),
  },
  changed: { source: { env: "FILE_OTHER_SECRET" } },
  notChanged: {
    template: "Tested on this machine.",
    mode: "Tested on this machine.",
    owner: "Tested on this machine.",
    group: "Tested on this machine.",
    restartUnits: "It takes effect only when the content changes.",
  },
  immutable: { path: host.pathOf("other-password") },
  secretElsewhere: { template: "template.service.test.ts tries it on this machine" },
  overtakenElsewhere:
    "secret-file.service.test.ts: the host runs the same script, which holds the lock and proves the mark",
  secretVariables: ["FILE_SECRET", "FILE_OTHER_SECRET"],
  newEachTime: ["fingerprint"],
  drift: { source: () => host.write("db-password", "something else") },
  makeUnmarked: () => host.write("db-password", "Created manually.\n"),
});
