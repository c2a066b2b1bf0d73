import { defineResource } from "@nixops4-resources/protocol-core";
import { connectReader, type ProxmoxReader } from "../api/reader.ts";
import { followTask } from "../api/task.ts";
import { connectWriter, type ProxmoxWriter } from "../api/writer.ts";
import { connection } from "../connection.ts";
import { whileLocked } from "../lock.ts";
import { downloadImage, waitForDownload } from "./download.ts";
import { inputs, outputs, type Want } from "./inputs.ts";
import { imagesOn, requireUsable, virtualSizeOf, type Volume } from "./look.ts";
import { uploadImage } from "./upload.ts";
import { isVersionOf } from "./volume.ts";
import { wantedVolume, type WantedVolume } from "./wanted.ts";

export default defineResource({
  type: "image",
  description:
    "An image from which VMs are created, uploaded from a file or downloaded by the nodes, without SSH to a node. A volume has no comment, so its name contains the deployment, the name and the SHA-256 of the image: `nixops4.<managedBy>.<name>-<16 digits>.qcow2`. A volume is never changed: another content is another volume. All tokens with access to the storage see its images. A destroy deletes all volumes of the image's name, and VMs that were created from them keep their disks.",
  requireState: false,
  identity: ["name", "storage"],
  connection,
  inputs,
  outputs,
  immutable: {
    name: "Declare an image of the new name, and destroy this one when no resource refers to it any more",
    storage: "Declare an image of another name there, and destroy this one when no resource refers to it any more",
  },
  stableOutputs: [],
  leastRights:
    "The token needs `Datastore.AllocateTemplate` and `Datastore.Audit` on `/storage/<storage>`; with `url` also `Sys.AccessNetwork` on `/nodes/<node>`, or `Sys.Audit` and `Sys.Modify` on `/`. To destroy it, it needs `Datastore.Allocate` there, which opens every volume of the storage: leave that to the operator's token.",
  example: { name: "nixos", file: "/srv/images/nixos.qcow2", storage: "local", nodes: ["pve1"] },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want) {
    if (!client.needsSecrets) return await readToDestroy(client, want);
    const wanted = await wantedVolume(want);
    const { volume, sha256 } = wanted;
    const nodes = await nodesWith(client, want, wanted);
    const [first] = nodes;
    if (first === undefined) {
      for (const node of want.nodes) await requireUsable(client, node, want.storage, wanted.sizeBytes ?? 0);
      return undefined;
    }
    const virtualSizeBytes = await virtualSizeOf(client, first, want.storage, volume);
    return {
      mark: undefined,
      inputs: { name: want.name, storage: want.storage, nodes },
      outputs: { volume, sha256, virtualSizeBytes },
    };
  },

  create: (client, want) => provide(client, want),
  update: (client, want) => provide(client, want),

  delete: (client, want) =>
    whileLocked("image", nameIn(want), async () => {
      for (const node of want.nodes) {
        for (const { volume } of await versionsOn(client, node, want)) {
          const path = `/nodes/${node}/storage/${want.storage}/content/${encodeURIComponent(volume)}`;
          const task = await client.removeByTask(path);
          if (task !== null) await followTask(client, task);
        }
      }
    }),
});

/** The wanted nodes that have the whole volume. */
async function nodesWith(client: ProxmoxReader, { nodes, storage }: Want, wanted: WantedVolume): Promise<string[]> {
  const found = [];
  for (const node of nodes) {
    const images = await imagesOn(client, node, storage);
    if (images.some((one) => isWhole(one, wanted))) found.push(node);
  }
  return found;
}

/** A copy of an upload that was interrupted has another size. A download gets its name when it is whole. */
const isWhole = (present: Volume, { volume, sizeBytes }: WantedVolume): boolean =>
  present.volume === volume && (sizeBytes === undefined || present.sizeBytes === sizeBytes);

async function provide(client: ProxmoxWriter, want: Want): Promise<void> {
  const wanted = await wantedVolume(want);
  await whileLocked("image", nameIn(want), async () => {
    const present = await nodesWith(client, want, wanted);
    for (const node of want.nodes.filter((one) => !present.includes(one))) {
      const { isShared } = await requireUsable(client, node, want.storage, wanted.sizeBytes ?? 0);
      await provideOn(client, node, want, wanted);
      if (isShared) return;
    }
  });
}

async function provideOn(client: ProxmoxWriter, node: string, want: Want, wanted: WantedVolume): Promise<void> {
  const { from, fileName, sha256, volume } = wanted;
  if (from.kind === "file") {
    await uploadImage(client, node, want.storage, { file: from.file, fileName, sizeBytes: from.sizeBytes, sha256 });
    return;
  }
  await waitForDownload(client, node, fileName);
  const images = await imagesOn(client, node, want.storage);
  if (images.some((one) => isWhole(one, wanted))) return;
  await downloadImage(client, node, want.storage, { url: from.url, fileName, sha256, volume });
}

const nameIn = ({ managedBy, name, storage }: Want): string => JSON.stringify([storage, managedBy, name]);

const versionsOn = async (client: ProxmoxReader, node: string, want: Want) =>
  (await imagesOn(client, node, want.storage)).filter(({ volume }) => isVersionOf(volume, want));

/** A destroy deletes every version, and needs no file. */
async function readToDestroy(client: ProxmoxReader, want: Want) {
  for (const node of want.nodes) {
    const [version] = await versionsOn(client, node, want);
    if (version !== undefined) {
      return { mark: undefined, inputs: {}, outputs: { volume: version.volume, sha256: "", virtualSizeBytes: 0 } };
    }
  }
  return undefined;
}
