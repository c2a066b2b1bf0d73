import { codeOf, messageOf } from "../report/error.ts";

/** A failure of the file system, in words: `/run/x is a folder`, and one action. */
export interface FileFailure {
  readonly reason: string;
  readonly hint: string;
}

const system: Readonly<Record<string, (path: string) => FileFailure>> = {
  ENOENT: (path) => ({ reason: `${path} does not exist`, hint: "Create it, or set another path" }),
  ENOTDIR: (path) => ({ reason: `a part of ${path} is not a folder`, hint: "Set another path" }),
  EISDIR: (path) => ({ reason: `${path} is a folder`, hint: "Set the path of a file" }),
  ENXIO: (path) => ({ reason: `${path} is not a regular file`, hint: "Set the path of a regular file" }),
  ELOOP: (path) => ({ reason: `${path} has too many symbolic links`, hint: "Set the path of the file itself" }),
  ENAMETOOLONG: (path) => ({ reason: `${path.slice(0, 80)}... is too long for a path`, hint: "Set a shorter path" }),
  EACCES: denied,
  EPERM: denied,
  EROFS: (path) => ({
    reason: `the file system of ${path} is read-only`,
    hint: "Mount it for writing, or set another path",
  }),
  ENOSPC: full,
  EDQUOT: full,
  EMFILE: tooMany,
  ENFILE: tooMany,
  ENOMEM: () => ({ reason: "this machine has no free memory", hint: "Free some memory, then apply again" }),
  EIO: broken,
  ESTALE: broken,
  ETIMEDOUT: broken,
  EHOSTDOWN: broken,
  ENOTCONN: broken,
  ERR_INVALID_ARG_VALUE: (path) => ({
    reason: `${JSON.stringify(path)} contains the character NUL, which no path may contain`,
    hint: "Set another path",
  }),
};

function denied(path: string): FileFailure {
  return { reason: `this user has no permission for ${path}`, hint: "Grant it to the user who runs nixops4" };
}

function full(path: string): FileFailure {
  return {
    reason: `the file system of ${path} is full, or its quota is used up`,
    hint: "Free some space, then apply again",
  };
}

function tooMany(path: string): FileFailure {
  return {
    reason: `${path} cannot be opened: too many files are open`,
    hint: "Raise the limit (`ulimit -n`) where nixops4 is started",
  };
}

function broken(path: string): FileFailure {
  return { reason: `the file system of ${path} reports an error`, hint: "Check its mount and disk, then apply again" };
}

/** The failure in words; undefined if the error is not one of the file system. */
export function explainFileError(error: unknown, path: string): FileFailure | undefined {
  const code = codeOf(error);
  const known = Object.hasOwn(system, code) ? system[code] : undefined;
  if (known !== undefined) return known(path);
  if (!/^E[A-Z0-9]+$/.test(code)) return undefined;
  return { reason: `${path}: ${messageOf(error)}`, hint: "Check the path and its file system, then apply again" };
}
