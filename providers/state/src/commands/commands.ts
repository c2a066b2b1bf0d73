import type { Commands } from "@nixops4-resources/protocol-core/command";
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

/** Every command works on one state: that of the inputs in `--inputs`, a JSON file as for `plan` and `read`. */
const commands = {
  log: {
    usage: "--inputs FILE [--last COUNT]",
    summary: "print one line per event: time, operation, writer and the changed resources",
    options: { inputs, last: text },
    run: log,
  },
  show: {
    usage: "--inputs FILE [--at INDEX]",
    summary: "print the state document, or with --at the document after that event",
    options: { inputs, at: text },
    run: show,
  },
  diff: {
    usage: "A B --inputs FILE",
    summary: "print the changes of the events after A, up to and including B; exit status 2 if there are any",
    options: { inputs },
    run: diff,
  },
  verify: {
    usage: "--inputs FILE",
    summary: "check every event, snapshot and key, and print each damage; exit status 1 if there is any",
    options: { inputs },
    run: verify,
  },
  forget: {
    usage: "MEMBER --inputs FILE",
    summary: "remove a member from the state, such as site.web; the next apply sends it a create request",
    options: { inputs },
    run: forget,
  },
  unlock: {
    usage: "--inputs FILE --holder ID",
    summary: "end the session of a writer that no longer runs; the error state.locked contains its id",
    options: { inputs, holder: text },
    run: unlock,
  },
  export: {
    usage: "--inputs FILE [--file FILE]",
    summary: "print the whole history, unencrypted, as a state_file of NixOps4; with --file write it to a new file",
    options: { inputs, file: text },
    run: exportState,
  },
  import: {
    usage: "FILE --inputs FILE",
    summary: "create the state from a state_file of NixOps4, with its whole history",
    options: { inputs },
    run: importState,
  },
  compact: {
    usage: "--inputs FILE [--keep COUNT]",
    summary: "move all events but the last COUNT (100) to the archive, after a snapshot",
    options: { inputs, keep: text },
    run: compact,
  },
} satisfies Commands;

export default commands as Commands;
