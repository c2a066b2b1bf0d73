import { download } from "./download.ts";
import { checkChecksum, imageName, inspect, isImageContent, store, type Target } from "./store-image.ts";
import { all, both, either } from "../access/permission-rules.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Call, Route } from "../http/route.ts";
import { failure, invalid } from "../refusal.ts";

const allocate = all("/storage/{storage}", "Datastore.AllocateTemplate");

/** Uploads and downloads of images. Source: PVE/API2/Storage/Status.pm */
export const imageRoutes = (datacenter: Datacenter): readonly Route[] => [
  {
    method: "POST",
    path: "/nodes/{node}/storage/{storage}/upload",
    permission: allocate,
    answer: (call) => upload(datacenter, call),
  },
  {
    method: "POST",
    path: "/nodes/{node}/storage/{storage}/download-url",
    permission: both(allocate, either(all("/", "Sys.Audit", "Sys.Modify"), all("/nodes/{node}", "Sys.AccessNetwork"))),
    answer: (call) => startDownload(datacenter, call),
  },
];

function targetOf({ storages }: Datacenter, parameters: Parameters): Target {
  const storage = storages.storage(parameters.required("storage"));
  const content = parameters.required("content");
  if (!isImageContent(content)) throw invalid({ content: `upload content type '${content}' not allowed` });
  const name = imageName(content, parameters.required("filename"));
  return { storage, node: parameters.required("node"), name, content };
}

function upload(datacenter: Datacenter, { caller, parameters }: Call): string {
  const target = targetOf(datacenter, parameters);
  target.storage.requireContent(target.content);
  const temporary = parameters.text("tmpfilename") ?? "";
  const file = datacenter.uploads.take(temporary);
  if (file === undefined) throw failure("missing temporary file name");
  // The id of the task is empty. Reference: section 3, upload
  return datacenter.tasks.start({ node: target.node, caller }, "imgcopy", "", async (task) => {
    task.log(`starting file import from: ${temporary}`);
    const checksums = file.checksums();
    checkChecksum(checksums, parameters);
    const size = inspect(temporary, target, file);
    task.log(`target node: ${target.node}`);
    task.log(`target file: ${target.storage.pathOf(target.name)}`);
    task.log(`file size is: ${file.size}`);
    await task.pause();
    store(target, size, file, checksums);
    task.log("finished file import successfully");
  });
}

function startDownload(datacenter: Datacenter, { caller, parameters }: Call): string {
  const { storages } = datacenter;
  const content = parameters.required("content");
  if (!storages.storage(parameters.required("storage")).settings.contents.has(content)) {
    throw failure(`storage '${parameters.required("storage")}' is not configured for content-type '${content}'`);
  }
  const target = targetOf(datacenter, parameters);
  const [, filename = ""] = target.name.split("/");
  return datacenter.tasks.start({ node: target.node, caller }, "download", filename, (task) =>
    download(target, parameters, task),
  );
}
