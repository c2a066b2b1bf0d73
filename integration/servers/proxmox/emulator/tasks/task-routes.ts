import type { Task } from "./task.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import { anyone } from "../access/permission-rules.ts";
import type { Datacenter } from "../cluster/datacenter.ts";
import { Page } from "../http/answer.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Call, Route } from "../http/route.ts";

/** Source: PVE/API2/Tasks.pm; reference: section 4 */
export const taskRoutes = (datacenter: Datacenter): readonly Route[] => [
  {
    method: "GET",
    path: "/cluster/tasks",
    permission: anyone,
    // Always empty for a token. Reference: section 13, a pool token
    answer: ({ caller }) =>
      caller.tokenId === undefined
        ? datacenter.tasks.all
            .filter((task) => isOwn(task, caller) || caller.user === "root@pam")
            .slice(0, 25)
            .map(archived)
        : [],
  },
  { method: "GET", path: "/nodes/{node}/tasks", permission: anyone, answer: (call) => listTasks(datacenter, call) },
  {
    method: "GET",
    path: "/nodes/{node}/tasks/{upid}/status",
    permission: anyone,
    answer: (call) => statusOf(taskFor(datacenter, call, "Sys.Audit")),
  },
  {
    method: "GET",
    path: "/nodes/{node}/tasks/{upid}/log",
    permission: anyone,
    answer: (call) => logOf(taskFor(datacenter, call, "Sys.Audit"), call.parameters),
  },
  {
    method: "DELETE",
    path: "/nodes/{node}/tasks/{upid}",
    permission: anyone,
    answer: (call) => taskFor(datacenter, call, "Sys.Modify").signal("interrupt"),
  },
];

/** A user owns the tasks of its tokens, too. */
const isOwn = ({ parts: { user } }: Task, { name }: Caller): boolean => user === name || user.startsWith(`${name}!`);

function taskFor(datacenter: Datacenter, { caller, parameters }: Call, privilege: string): Task {
  const node = parameters.required("node");
  const task = datacenter.tasks.find(node, parameters.required("upid"));
  if (!isOwn(task, caller)) datacenter.access.permissions.require(caller, `/nodes/${node}`, privilege);
  return task;
}

const owner = ({ parts: { user } }: Task): { user: string; tokenid?: string } => {
  const [name = user, tokenid] = user.split("!", 2);
  return tokenid === undefined ? { user: name } : { user: name, tokenid };
};

const common = ({ upid, parts: { node, pid, pstart, starttime, type, id } }: Task) => ({
  upid,
  node,
  pid,
  pstart,
  starttime,
  type,
  id,
});

function statusOf(task: Task): unknown {
  const { state } = task;
  const exit = state.status === "running" ? {} : { exitstatus: state.exitstatus };
  return { ...common(task), ...owner(task), status: state.status, ...exit };
}

const active = (task: Task) => ({ ...common(task), user: task.parts.user, status: "RUNNING", saved: "0" });

const archived = (task: Task): Record<string, unknown> => {
  const { state } = task;
  if (state.status === "running") return active(task);
  return { ...common(task), ...owner(task), status: state.exitstatus, endtime: state.endtime };
};

function listTasks({ tasks, access }: Datacenter, { caller, parameters }: Call): Page {
  const node = parameters.required("node");
  const source = parameters.text("source") ?? "archive";
  const rows = tasks.all
    .filter(({ parts }) => parts.node === node)
    .filter(({ state }) => source === "all" || (state.status === "running") === (source === "active"))
    .filter((task) => isOwn(task, caller) || seesAll(access, caller, node))
    .filter((task) => isWanted(task, parameters));
  const start = parameters.integer("start") ?? 0;
  const page = rows.slice(start, start + (parameters.integer("limit") ?? 50)).map(archived);
  return new Page(page, rows.length);
}

const seesAll = (access: Access, caller: Caller, node: string): boolean =>
  access.permissions.has(caller, `/nodes/${node}`, "Sys.Audit");

function isWanted({ parts: { id, type, starttime, user }, state }: Task, parameters: Parameters): boolean {
  const isFailed = state.status === "stopped" && state.exitstatus !== "OK";
  return (
    (!parameters.has("vmid") || id === parameters.required("vmid")) &&
    (!parameters.has("typefilter") || type === parameters.required("typefilter")) &&
    (!parameters.has("userfilter") || user.includes(parameters.required("userfilter"))) &&
    (!parameters.flag("errors") || isFailed) &&
    starttime >= (parameters.integer("since") ?? 0) &&
    starttime <= (parameters.integer("until") ?? Number.MAX_SAFE_INTEGER)
  );
}

/** The first 50 lines unless asked otherwise; limit=0 gives all. */
function logOf({ lines }: Task, parameters: Parameters): Page {
  const start = parameters.integer("start") ?? 0;
  const limit = parameters.integer("limit") ?? 50;
  const all = lines.length === 0 ? ["no content"] : lines;
  const page = all.slice(start, limit === 0 ? undefined : start + limit);
  return new Page(
    page.map((t, index) => ({ n: start + index + 1, t })),
    all.length,
  );
}
