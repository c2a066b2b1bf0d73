import { codeOf, messageOf, ProviderError } from "./error.ts";

interface Meaning {
  code: `protocol.system.${string}`;
  reason: string;
  hint: string;
}

const full = { code: "protocol.system.full", hint: "Free space on the file system, or raise the quota" } as const;
const denied = {
  code: "protocol.system.denied",
  hint: "Grant the user who runs the provider access to it",
} as const;
const path = { code: "protocol.system.path", hint: "Correct the path" } as const;
const limit = { code: "protocol.system.limit", hint: "Raise the limit, or run fewer programs at once" } as const;
const network = { code: "protocol.system.network", hint: "Check that the server runs and can be reached" } as const;

/** Errors of the system that come from the user's environment. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: { ...full, reason: "no space is left" },
  EDQUOT: { ...full, reason: "the disk quota is used up" },
  EFBIG: { ...full, reason: "the file would be too large" },
  EACCES: { ...denied, reason: "permission is denied" },
  EPERM: { ...denied, reason: "the operation is not permitted" },
  EROFS: { ...denied, reason: "the file system is read-only" },
  ENOENT: { ...path, reason: "it does not exist" },
  ENOTDIR: { ...path, reason: "a part of the path is not a folder" },
  EISDIR: { ...path, reason: "it is a folder" },
  ELOOP: { ...path, reason: "the path has too many symbolic links" },
  ENAMETOOLONG: { ...path, reason: "the name is too long" },
  ENOTEMPTY: { ...path, reason: "the folder is not empty" },
  ENXIO: { ...path, reason: "it is not a regular file" },
  EIO: { code: "protocol.system.io", reason: "reading or writing failed", hint: "Check the disk or the terminal" },
  EMFILE: { ...limit, reason: "this process has too many open files" },
  ENFILE: { ...limit, reason: "the system has too many open files" },
  ENOMEM: { ...limit, reason: "memory is used up" },
  EAGAIN: { ...limit, reason: "the system is short of processes or memory" },
  ECONNREFUSED: { ...network, reason: "the connection was refused" },
  ECONNRESET: { ...network, reason: "the connection was closed by the other side" },
  ECONNABORTED: { ...network, reason: "the connection was aborted" },
  EPIPE: { ...network, reason: "the other side stopped reading" },
  ETIMEDOUT: { ...network, reason: "the other side did not answer" },
  EHOSTUNREACH: { ...network, reason: "there is no route to the host" },
  ENETUNREACH: { ...network, reason: "there is no route to the network" },
  ENOTFOUND: { ...network, reason: "the name cannot be resolved" },
  EAI_AGAIN: { ...network, reason: "the name cannot be resolved now" },
};

/** An error of Node or the system as one for its reader; undefined for every other error, which is a bug. */
export function systemError(error: unknown): ProviderError | undefined {
  if (codeOf(error) === "ERR_INVALID_ARG_VALUE" && /null byte/.test(messageOf(error))) {
    return new ProviderError("a path or an argument contains a NUL character", { ...path, cause: error });
  }
  const known = Object.hasOwn(meanings, codeOf(error)) ? meanings[codeOf(error)] : undefined;
  if (known === undefined) return undefined;
  const { reason, ...rest } = known;
  return new ProviderError(`${placeOf(error)}${reason} (${codeOf(error)})`, { ...rest, cause: error });
}

/** The operation and its object, such as `open /srv/app: `, as far as the error has them. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const { syscall, path: file, address, port, hostname } = error as NodeJS.ErrnoException & Place;
  const object = file ?? hostname ?? (address === undefined ? undefined : `${address}:${port}`);
  const words = [syscall?.replace(/ .*/s, ""), object].filter((word) => typeof word === "string" && word !== "");
  return words.length === 0 ? "" : `${words.join(" ")}: `;
}

interface Place {
  address?: string;
  port?: number;
  hostname?: string;
}
