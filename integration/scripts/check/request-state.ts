import { join, relative } from "node:path";
import type { SourceFile } from "typescript/unstable/ast";
import type { FileSystem } from "typescript/unstable/fs";
import { API } from "typescript/unstable/sync";
import { moduleState } from "./module-state.ts";

/** For each file, its variables and why they belong to the process. */
export type ProcessState = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * All state that belongs to the process by design. Everything else belongs to a request:
 * protocol/core/src/request/context.ts.
 */
const processState: ProcessState = {
  "protocol/core/src/files/stuck-reads.ts": {
    stuckReads:
      "Node waits for them when the process exits, whatever request began them. Each removes itself at its end.",
  },
  "protocol/core/src/request/context.ts": {
    storage: "It finds the request that the running code works for.",
    outside: "The context of work that belongs to no request, such as a command for people.",
  },
  "protocol/core/src/request/active-request.ts": {
    inHand: "An uncaught error without a request fails all that are in hand. Each removes itself at its end.",
  },
  "protocol/core/src/secrets/known-secrets.ts": {
    known: "The scrubber needs the secrets of all requests in hand. Each removes its own at its end.",
  },
  "protocol/core/src/report/log.ts": {
    pending: "One logger writes the records of all requests, in order.",
  },
  "protocol/postgres/src/sql.ts": { nothing: "An immutable value." },
};

const isChecked = (path: string): boolean =>
  /^(protocol\/[^/]+|providers\/[^/]+(\/client)?)\/src\//.test(path) &&
  !/\/(testing|fixtures)\/|\.(test|d)\.ts$/.test(path);

/**
 * Complaints about variables of modules that would leak from one request of a process into another. Reads the sources of
 * the project in `root`, from `fs` if it is given.
 */
export function requestStateFaults(root: string, allowed = processState, fs?: FileSystem): string[] {
  const unused = new Map(
    Object.entries(allowed).flatMap(([path, names]) => Object.keys(names).map((name) => [`${path} ${name}`, path])),
  );
  const faults = checkedStates(root, fs)
    .filter(({ path, name }) => !unused.delete(`${path} ${name}`))
    .map(
      ({ path, name, why }) =>
        `${path}: \`${name}\` outlives the request that changes it (${why}). Keep it in the request's context or in a client.`,
    );
  const exceptions = [...unused.keys()].map((key) => `${key}: needs no exception in request-state.ts. Remove it.`);
  return [...faults, ...exceptions].sort();
}

function checkedStates(root: string, fs: FileSystem | undefined): { path: string; name: string; why: string }[] {
  const api = new API({ cwd: root, ...(fs !== undefined && { fs }) });
  try {
    using snapshot = api.updateSnapshot({ openProjects: [join(root, "tsconfig.json")] });
    return snapshot
      .getProjects()
      .flatMap(({ program }) =>
        program.getSourceFileNames().map((file) => ({ program, file, path: relative(root, file) })),
      )
      .filter(({ path }) => isChecked(path))
      .flatMap(({ program, file, path }) => statesOf(program.getSourceFile(file)).map((state) => ({ path, ...state })));
  } finally {
    api.close();
  }
}

const statesOf = (file: SourceFile | undefined) => (file === undefined ? [] : moduleState(file));
