import { explainedJson, json, type Commands } from "@nixops4-resources/protocol-core/command";
import { compact } from "./compact.ts";
import { diff } from "./diff.ts";
import { exportState } from "./export.ts";
import { forget } from "./forget.ts";
import { importState } from "./import.ts";
import { log } from "./log.ts";
import { show } from "./show.ts";
import { inputs } from "./target.ts";
import { unlock } from "./unlock.ts";
import { verify } from "./verify.ts";

const text = { type: "string" } as const;
const explainedInputs = {
  "-i, --inputs FILE":
    "JSON file with the inputs of the state, as for `plan`; `plan --type state_postgres --help` shows one; - reads stdin",
};

/** Every command works on one state: that of the inputs in `--inputs`, a JSON file as for `plan` and `read`. */
const commands = {
  log: {
    usage: "--inputs FILE [--last COUNT] [--json]",
    summary: "print one line per event: time, operation, writer and the changed resources",
    options: { inputs, last: text, json },
    explained: {
      ...explainedInputs,
      "--last COUNT": "number of events to print, the newest ones; by default all",
      ...explainedJson,
    },
    example: "--inputs shop.json --last 20",
    run: log,
  },
  show: {
    usage: "--inputs FILE [--at INDEX]",
    summary: "print the state document, or with --at the document after that event",
    options: { inputs, at: text },
    explained: { ...explainedInputs, "--at INDEX": "number of an event, as `log` prints it; by default the last one" },
    example: "--inputs shop.json --at 12",
    run: show,
  },
  diff: {
    usage: "A B --inputs FILE [--json]",
    summary: "print the changes of the events after A, up to and including B; exit status 2 if there are any",
    options: { inputs, json },
    explained: {
      A: "number of an event, as `log` prints it",
      B: "number of a later event",
      ...explainedInputs,
      ...explainedJson,
    },
    example: "12 15 --inputs shop.json",
    run: diff,
  },
  verify: {
    usage: "--inputs FILE [--json]",
    summary: "check every event, snapshot and key, and print each damage; exit status 1 if there is any",
    options: { inputs, json },
    explained: { ...explainedInputs, ...explainedJson },
    example: "--inputs shop.json",
    run: verify,
  },
  forget: {
    usage: "MEMBER --inputs FILE [--json]",
    summary: "remove a member from the state, such as site.web; the next apply sends it a create request",
    options: { inputs, json },
    explained: {
      MEMBER: "path of the member, as `log` prints it: the components and the member, joined by dots",
      ...explainedInputs,
      ...explainedJson,
    },
    example: "site.web --inputs shop.json",
    run: forget,
  },
  unlock: {
    usage: "--inputs FILE --holder ID [--json]",
    summary: "end the session of a writer that no longer runs; the error state.locked contains its id",
    options: { inputs, holder: text, json },
    explained: {
      ...explainedInputs,
      "--holder ID": "id of the session that has the lock, as in the message of state.locked",
      ...explainedJson,
    },
    example: "--inputs shop.json --holder 692ab1f3.1c2d",
    run: unlock,
  },
  export: {
    usage: "--inputs FILE [--file FILE]",
    summary: "print the whole history, unencrypted, as a state_file of NixOps4; with --file write it to a new file",
    options: { inputs, file: text },
    explained: { ...explainedInputs, "--file FILE": "file to create, with mode 0600; by default stdout" },
    example: "--inputs shop.json --file shop-state.json",
    run: exportState,
  },
  import: {
    usage: "FILE --inputs FILE [--json]",
    summary: "create the state from a state_file of NixOps4, with its whole history",
    options: { inputs, json },
    explained: { FILE: "the state_file, or what `export` wrote", ...explainedInputs, ...explainedJson },
    example: "shop-state.json --inputs shop.json",
    run: importState,
  },
  compact: {
    usage: "--inputs FILE [--keep COUNT] [--json]",
    summary: "move all events but the last COUNT (100) to the archive, after a snapshot",
    options: { inputs, keep: text, json },
    explained: {
      ...explainedInputs,
      "--keep COUNT": "number of events that are not moved; by default 100",
      ...explainedJson,
    },
    example: "--inputs shop.json --keep 100",
    run: compact,
  },
} satisfies Commands;

export default commands as Commands;
