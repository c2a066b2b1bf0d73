import { accessSync, constants } from "node:fs";

const hierarchy = "/sys/fs/cgroup";
const periodUs = 100_000;

/**
 * A program that gives another one, and all that it starts, a part of a processor, by a control group of its own; undefined if
 * this user cannot create one.
 */
export function slowly(processors: number): readonly string[] | undefined {
  const quota = Math.round(processors * periodUs);
  const versions = [
    { parent: `${hierarchy}/cpu`, limit: `echo ${quota} >$group/cpu.cfs_quota_us` },
    {
      parent: hierarchy,
      limit: `echo "${quota} ${periodUs}" >$group/cpu.max`,
      controllers: `${hierarchy}/cgroup.controllers`,
    },
  ];
  const usable = versions.find(({ parent, controllers }) => isWritable(parent) && isWritable(controllers ?? parent));
  if (usable === undefined) return undefined;
  const script = [
    `group=${usable.parent}/nixops4-resources-bench-$$`,
    "mkdir $group",
    usable.limit,
    "echo $$ >$group/cgroup.procs",
    '"$@"',
    `echo $$ >${usable.parent}/cgroup.procs`,
    `for pid in $(cat $group/cgroup.procs); do echo $pid >${usable.parent}/cgroup.procs; done`,
    "rmdir $group",
  ].join("\n");
  return ["sh", "-c", script, "sh"];
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
