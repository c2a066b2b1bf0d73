import type { Fault } from "../../faults.ts";
import type { GuestAgent } from "../qemu/guest.ts";
import type { TaskFault } from "../tasks/task.ts";

type RequestFault = Extract<Fault, { fault: "answer" | "reset" | "delay" }>;
type TypedTaskFault = Extract<Fault, { fault: "slowTask" | "taskWarning" | "taskError" | "killTask" }>;

interface Waiting<Of> {
  readonly fault: Of;
  /** Number of requests to let pass, then number of requests to hit. */
  skip: number;
  times: number;
}

/** The faults that wait for their request or task, and the settings of the emulator's behaviour. */
export class Faults {
  #requests: Waiting<RequestFault>[] = [];
  #tasks: Waiting<TypedTaskFault>[] = [];
  #locks: { readonly vmid: number; times: number; readonly milliseconds: number }[] = [];
  reportDelay = 0;
  mebibytesPerSecond: number | null = null;
  /** Guest agents of VMs that are not created yet, by id. */
  readonly agents = new Map<number, GuestAgent>();

  addForRequest(fault: RequestFault): void {
    this.#requests.push({ fault, skip: fault.after ?? 0, times: fault.times ?? 1 });
  }

  addForTask(fault: TypedTaskFault): void {
    this.#tasks.push({ fault, skip: 0, times: fault.times ?? 1 });
  }

  addLockTimeout(vmid: number, times: number, milliseconds: number): void {
    this.#locks.push({ vmid, times, milliseconds });
  }

  clear(): void {
    this.#requests = [];
    this.#tasks = [];
    this.#locks = [];
    this.reportDelay = 0;
    this.mebibytesPerSecond = null;
    this.agents.clear();
  }

  /** The fault of this request, if one waits for it. */
  forRequest(method: string, path: string): RequestFault | undefined {
    const matches = this.#requests.filter(
      ({ fault }) => fault.method === method && new RegExp(`^(?:${fault.path})$`).test(path),
    );
    return matches.find(take)?.fault;
  }

  /** What happens to a new task of this type: one fault of each kind. */
  forTask(type: string): TaskFault {
    const of = (kind: TypedTaskFault["fault"]): TypedTaskFault | undefined =>
      this.#tasks.filter(({ fault }) => fault.fault === kind && fault.type === type).find(take)?.fault;
    const [slow, warning, error] = [of("slowTask"), of("taskWarning"), of("taskError")];
    return {
      delay: slow?.fault === "slowTask" ? slow.milliseconds : 0,
      warning: warning?.fault === "taskWarning" ? warning.text : undefined,
      error: error?.fault === "taskError" ? error.text : undefined,
      isKilled: of("killTask") !== undefined,
    };
  }

  /** How long a change of this VM waits in vain for the lock of its file; undefined if it gets the lock. */
  lockWait(vmid: number): number | undefined {
    const lock = this.#locks.find((candidate) => candidate.vmid === vmid && candidate.times > 0);
    if (lock === undefined) return undefined;
    lock.times--;
    return lock.milliseconds;
  }
}

/** Whether the fault hits this time. */
function take(waiting: Waiting<unknown>): boolean {
  if (waiting.skip > 0) {
    waiting.skip--;
    return false;
  }
  if (waiting.times === 0) return false;
  waiting.times--;
  return true;
}
