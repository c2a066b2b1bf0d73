import * as z from "zod";

/** The requests that a fault applies to: the first ones from now on whose method and path match. */
const requests = {
  method: z.enum(["GET", "POST", "PUT", "DELETE"]),
  /** A regular expression for the whole path after `/api2/json`, without the query. */
  path: z.string(),
  /** Number of requests with this fault; 1 by default. */
  times: z.optional(z.number()),
  /** Number of matching requests before the first one with this fault; 0 by default. */
  after: z.optional(z.number()),
  /** Whether the request is carried out before the fault, so that only its answer is lost. */
  when: z.enum(["instead", "afterwards"]),
};

/** The type of a task, and how many of them from now on the fault applies to; 1 by default. */
const tasks = { type: z.string(), times: z.optional(z.number()) };

/** What the guest agent of a VM reports: the data of GET agent/network-get-interfaces, and its files by path. */
const agentAnswers = z.object({
  interfaces: z.array(z.unknown()),
  files: z.optional(z.record(z.string(), z.string())),
});

export const faultSchema = z.discriminatedUnion("fault", [
  /** Answers with this status and reason phrase and an empty body, as the proxy does with 595, 596 and 599. */
  z.object({ fault: z.literal("answer"), ...requests, status: z.number(), reason: z.optional(z.string()) }),
  /** Closes the connection without an answer. */
  z.object({ fault: z.literal("reset"), ...requests }),
  /** Answers after this many milliseconds; the request is carried out before (`afterwards`) or after (`instead`) them. */
  z.object({ fault: z.literal("delay"), ...requests, milliseconds: z.number() }),
  /** Tasks of this type take this many milliseconds longer, before they do anything. */
  z.object({ fault: z.literal("slowTask"), ...tasks, milliseconds: z.number() }),
  /** The log of the task gets this warning, so that it ends with `WARNINGS: 1`. */
  z.object({ fault: z.literal("taskWarning"), ...tasks, text: z.string() }),
  /** The task ends with this error after its work has begun; a create or clone cleans up. */
  z.object({ fault: z.literal("taskError"), ...tasks, text: z.string() }),
  /** The worker is killed before it ends: a create or clone leaves its lock behind. */
  z.object({ fault: z.literal("killTask"), ...tasks }),
  /** Kills the worker of a running task. */
  z.object({ fault: z.literal("kill"), upid: z.string() }),
  /**
   * The next `times` changes of this VM fail, since another process holds the lock of its file. The real server waits 10 s
   * before it says so, the emulator by default 0.1 s.
   */
  z.object({
    fault: z.literal("lockTimeout"),
    vmid: z.number(),
    times: z.optional(z.number()),
    milliseconds: z.optional(z.number()),
  }),
  /** Sets the property `lock` of a VM, or removes it. */
  z.object({ fault: z.literal("lock"), vmid: z.number(), lock: z.nullable(z.string()) }),
  /**
   * The guest agent of this VM, which may be created later: absent, or answering this many milliseconds after the start of
   * the VM (or after now, if it runs).
   */
  z.object({
    fault: z.literal("agent"),
    vmid: z.number(),
    agent: z.union([
      z.literal("absent"),
      z.object({ afterMilliseconds: z.optional(z.number()), ...agentAnswers.shape }),
    ]),
  }),
  /** Whether guests react to a shutdown: `hangs` until the timeout. */
  z.object({ fault: z.literal("shutdown"), vmid: z.number(), guest: z.enum(["reacts", "hangs"]) }),
  /** How old the nodes' reports in /cluster/resources may be; 0 by default, up to 10 s in reality. */
  z.object({ fault: z.literal("reportDelay"), milliseconds: z.number() }),
  /** Speed of imports and copies of disks, measured by the size of the source's file; unlimited by default. */
  z.object({ fault: z.literal("copySpeed"), mebibytesPerSecond: z.nullable(z.number()) }),
  /** Whether a node is down: the proxy answers with 595. The first node is the one that clients talk to. */
  z.object({ fault: z.literal("node"), node: z.string(), isDown: z.boolean() }),
  /** A node reboots: its VMs stop, and those with `onboot` start again. */
  z.object({ fault: z.literal("rebootNode"), node: z.string() }),
  /** The daemons of the HA manager look every so many milliseconds; null stops them. They do not run by default. */
  z.object({ fault: z.literal("haManager"), milliseconds: z.nullable(z.number()) }),
  /** The HA manager has given up this VM: its service has the state error. */
  z.object({ fault: z.literal("haError"), vmid: z.number() }),
  /** A VM is on another node from now on, as after a migration by the HA manager. */
  z.object({ fault: z.literal("move"), vmid: z.number(), node: z.string() }),
  /** The option `user-tag-access` of the cluster, such as `user-allow=none`. */
  z.object({ fault: z.literal("userTagAccess"), value: z.nullable(z.string()) }),
  /** Removes all faults that wait for a request or a task, resets speed and report delay, stops the HA manager, starts nodes. */
  z.object({ fault: z.literal("none") }),
]);

/** A change of the emulator's behaviour. No part of Proxmox VE. */
export type Fault = z.input<typeof faultSchema>;
