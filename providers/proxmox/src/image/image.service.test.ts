import { startProxmox, whatAnswers } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { afterAll, describe } from "vitest";
import { ProxmoxBackend } from "../testing/backend.ts";
import { ImageFolder } from "../testing/images.ts";
import { main } from "../testing/main.ts";
import { imageRights } from "../testing/rights.ts";
import image from "./image.ts";

const folder = await ImageFolder.make();
const file = await folder.write("nixos.qcow2", qcow2(1024 ** 3));
afterAll(() => folder[Symbol.asyncDispose]());

// The promises of every resource, tested on the bundled executable, with a token that has the documented rights only.
describe(`an image of ${whatAnswers}`, () => {
  const server = serverOf(startProxmox);
  testResource(image, {
    main,
    backend: () => ProxmoxBackend.open(server(), { rights: imageRights("local") }),
    reached: "network",
    want: { name: "nixos", file, storage: "local", nodes: ["pve1"] },
    changed: {},
    notChanged: {
      file: "another content is another volume: particulars.service.test.ts tests it",
      url: "it is in place of the file: download.service.test.ts tests it",
      format: "it is that of a download: download.service.test.ts tests it",
      sha256: "it is the hash of the file",
      nodes: "a node that is removed keeps its copy: particulars.service.test.ts tests it",
    },
    immutable: { name: "other", storage: "local2" },
    drift: {},
    notDrifting: "An image is on a node with all its bytes, or not at all.",
  });
});
