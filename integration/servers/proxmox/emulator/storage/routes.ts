import { space } from "./storages.ts";
import type { Storage } from "./storage.ts";
import { all, any, anyone } from "../access/permission-rules.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Call, Route } from "../http/route.ts";
import { failure, notEmulated } from "../refusal.ts";

const modify = all("/storage", "Datastore.Allocate");
const see = any("/storage/{storage}", "Datastore.Audit", "Datastore.AllocateSpace");

/** Source: PVE/API2/Storage/Config.pm, Status.pm */
export const storageRoutes = (datacenter: Datacenter): readonly Route[] => [
  {
    method: "GET",
    path: "/storage",
    permission: anyone,
    answer: ({ caller }) => datacenter.storages.visibleTo(caller).map(settingsOf),
  },
  {
    method: "GET",
    path: "/storage/{storage}",
    permission: all("/storage/{storage}", "Datastore.Allocate"),
    answer: ({ parameters }) => settingsOf(datacenter.storages.storage(parameters.required("storage"))),
  },
  {
    method: "POST",
    path: "/storage",
    permission: modify,
    answer: ({ parameters }) => addStorage(datacenter, parameters),
  },
  {
    method: "DELETE",
    path: "/storage/{storage}",
    permission: modify,
    answer: ({ parameters }) => {
      datacenter.storages.storage(parameters.required("storage"));
      datacenter.storages.delete(parameters.required("storage"));
    },
  },
  { method: "GET", path: "/nodes/{node}/storage", permission: anyone, answer: (call) => statusList(datacenter, call) },
  {
    method: "GET",
    path: "/nodes/{node}/storage/{storage}/status",
    permission: see,
    answer: ({ parameters }) => statusOf(datacenter.storages.storage(parameters.required("storage"))),
  },
];

function settingsOf({ settings: { name, path, contents, isShared } }: Storage): Record<string, unknown> {
  return {
    storage: name,
    type: "dir",
    path,
    content: [...contents].sort().join(","),
    ...(isShared ? { shared: 1 } : {}),
  };
}

/** A folder of the node that nobody mounts. */
function addStorage({ storages }: Datacenter, parameters: Parameters): unknown {
  const name = parameters.required("storage");
  if (parameters.required("type") !== "dir") throw notEmulated(`storages of the type ${parameters.required("type")}`);
  if (storages.has(name)) throw failure(`create storage failed: storage ID '${name}' already defined`);
  const contents = new Set(parameters.has("content") ? parameters.list("content") : ["images", "rootdir"]);
  storages.add({ name, path: parameters.required("path"), contents, isShared: parameters.flag("shared") });
  return { storage: name, type: "dir" };
}

const statusOf = ({ settings: { contents, isShared } }: Storage) => ({
  type: "dir",
  content: [...contents].sort().join(","),
  ...space,
  used_fraction: space.used / space.total,
  shared: isShared ? 1 : 0,
  active: 1,
  enabled: 1,
});

function statusList({ storages }: Datacenter, { caller, parameters }: Call): unknown {
  const wanted = parameters.list("content");
  const name = parameters.text("storage");
  return storages
    .visibleTo(caller)
    .filter((storage) => name === undefined || storage.name === name)
    .filter(({ settings }) => wanted.length === 0 || wanted.some((kind) => settings.contents.has(kind)))
    .map((storage) => ({ storage: storage.name, ...statusOf(storage) }));
}
