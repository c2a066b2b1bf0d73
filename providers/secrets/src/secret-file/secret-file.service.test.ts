import { userInfo } from "node:os";
import { join } from "node:path";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import secretFile from "./secret-file.ts";
import { hostBackend, HostFolder } from "../testing/host-backend.ts";

const host = new HostFolder();
const { username, uid, gid } = userInfo();
const nobody = 65_534;
const isRoot = uid === 0;
const onlyRoot = "Only root can give files to other users.";

// On the machine that runs nixops4. ssh.service.test.ts tests the connection over SSH.
testResource(secretFile, {
  main: join(import.meta.dirname, "../../dist/main.cjs"),
  reached: "programs",
  backend: async () =>
    hostBackend(host, {
      connection: { registry: host.registry },
      programs: ["dd", "chown", "chmod", "ln", "mv", "rm", "mkdir"],
      broken: {
        "a file in place of the registry": { registry: "/proc/version" },
        "a file in place of a folder": { registry: "/proc/version/below" },
      },
    }),
  want: {
    path: host.pathOf("db-password"),
    source: { env: "FILE_SECRET" },
    owner: username,
    group: String(gid),
  },
  changed: {
    source: { env: "FILE_OTHER_SECRET" },
    mode: "0440",
    ...(isRoot && { owner: "nobody", group: "nogroup" }),
  },
  notChanged: {
    template: "It takes the place of `source`; see template.service.test.ts.",
    restartUnits: "It takes effect only when the content changes; see particulars.service.test.ts.",
    ...(!isRoot && { owner: onlyRoot, group: onlyRoot }),
  },
  immutable: { path: host.pathOf("other-password") },
  environment: { PATH: host.path },
  secretElsewhere: { template: "template.service.test.ts tries it" },
  secretVariables: ["FILE_SECRET", "FILE_OTHER_SECRET"],
  newEachTime: ["fingerprint"],
  drift: {
    source: () => host.write("db-password", "something else"),
    mode: () => host.chmod("db-password", 0o644),
    ...(isRoot && {
      owner: () => host.chown("db-password", nobody, gid),
      group: () => host.chown("db-password", uid, nobody),
    }),
  },
  makeUnmarked: () => host.write("db-password", "Created manually.\n"),
});
