import { Task } from "./task.ts";
import { isUpid } from "./upid.ts";
import type { Caller } from "../access/caller.ts";
import type { Faults } from "../control/faults.ts";
import { invalid } from "../refusal.ts";

/** Whose work a task does. */
export interface TaskOwner {
  readonly node: string;
  readonly caller: Caller;
}

/** The tasks of all nodes. */
export class Tasks {
  readonly #tasks: Task[] = [];
  readonly #faults: Faults;
  /** Ids of processes look like those of a busy node. */
  #pid = 100_000;
  readonly #boot = Date.now() - 3_600_000;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Newest first. */
  get all(): readonly Task[] {
    return this.#tasks.toReversed();
  }

  /** Starts a worker and returns the id of its task. Source: PVE/RESTEnvironment.pm: fork_worker */
  start({ node, caller }: TaskOwner, type: string, id: string, work: (task: Task) => Promise<void>): string {
    return this.run({ node, caller }, type, id, work).upid;
  }

  run({ node, caller }: TaskOwner, type: string, id: string, work: (task: Task) => Promise<void>): Task {
    const fault = this.#faults.forTask(type);
    const starttime = Math.floor(Date.now() / 1000);
    const pstart = Math.floor((Date.now() - this.#boot) / 10);
    const parts = { node, pid: ++this.#pid, pstart, starttime, type, id, user: caller.name };
    const task = new Task(parts, work, fault);
    this.#tasks.push(task);
    return task;
  }

  /** The task with this id. Reference: section 1.1 */
  find(node: string, upid: string): Task {
    if (!isUpid(upid)) throw invalid({ upid: "unable to parse worker upid" });
    const task = this.#tasks.find((candidate) => candidate.upid === upid && candidate.parts.node === node);
    if (task === undefined) throw invalid({ upid: "no such task" });
    return task;
  }
}
