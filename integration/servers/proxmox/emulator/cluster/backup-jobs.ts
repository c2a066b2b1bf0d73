import { all } from "../access/permission-rules.ts";
import type { Parameters } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { failure } from "../refusal.ts";
import type { Datacenter } from "./datacenter.ts";

/** Jobs that nobody runs: only their lists of VMs matter. */
export class BackupJobs {
  readonly #jobs = new Map<string, Map<string, string>>();

  set(id: string, parameters: Parameters): void {
    this.#jobs.set(id, new Map([...(this.#jobs.get(id) ?? []), ...parameters.entries]));
  }

  get(id: string): Record<string, string> {
    const job = this.#jobs.get(id);
    if (job === undefined) throw failure(`No such job '${id}'`);
    return { id, type: "vzdump", ...Object.fromEntries(job) };
  }

  get all(): Record<string, string>[] {
    return [...this.#jobs.keys()].map((id) => this.get(id));
  }

  delete(id: string): void {
    this.get(id);
    this.#jobs.delete(id);
  }

  /** What purge=1 does. Reference: the check "backup jobs" */
  removeVm(vmid: number): void {
    for (const job of this.#jobs.values()) {
      const ids = (job.get("vmid") ?? "").split(",").filter((id) => id !== String(vmid));
      if (job.has("vmid")) job.set("vmid", ids.join(","));
    }
  }
}

/** Source: PVE/API2/Backup.pm */
export const backupRoutes = ({ backupJobs }: Datacenter): readonly Route[] => [
  { method: "GET", path: "/cluster/backup", permission: all("/", "Sys.Audit"), answer: () => backupJobs.all },
  {
    method: "POST",
    path: "/cluster/backup",
    permission: all("/", "Sys.Modify"),
    answer: ({ parameters }) => backupJobs.set(parameters.required("id"), parameters.without("id")),
  },
  {
    method: "GET",
    path: "/cluster/backup/{id}",
    permission: all("/", "Sys.Audit"),
    answer: ({ parameters }) => backupJobs.get(parameters.required("id")),
  },
  {
    method: "DELETE",
    path: "/cluster/backup/{id}",
    permission: all("/", "Sys.Modify"),
    answer: ({ parameters }) => backupJobs.delete(parameters.required("id")),
  },
];
