import type { Command, Commands } from "@nixops4-resources/protocol-core/command";
import { compact } from "./compact.ts";
import { diff } from "./diff.ts";
import { exportState } from "./export.ts";
import { importState } from "./import.ts";
import { log } from "./log.ts";
import { show } from "./show.ts";
import { inputs } from "./target.ts";
import { unlock } from "./unlock.ts";
import { verify } from "./verify.ts";

const text = { type: "string" } as const;

/** Each works on one state, named by a file with inputs as for `plan` and `read`. */
const commands = {
  log: {
    usage: "--inputs FILE [--last COUNT]",
    summary: "show who wrote what and when, one line per event",
    options: { inputs, last: text },
    run: log,
  },
  show: {
    usage: "--inputs FILE [--at INDEX]",
    summary: "show the current document, or the document after an event",
    options: { inputs, at: text },
    run: show,
  },
  diff: {
    usage: "A B --inputs FILE",
    summary: "show the changes by the events after A up to B; exit status 2 if there are any",
    options: { inputs },
    run: diff,
  },
  verify: {
    usage: "--inputs FILE",
    summary: "check every event, snapshot and key, and report each damage; exit status 1 if there is any",
    options: { inputs },
    run: verify,
  },
  unlock: {
    usage: "--inputs FILE --holder ID",
    summary: "end the session of a lost writer; the error state.locked shows its id",
    options: { inputs, holder: text },
    run: unlock,
  },
  export: {
    usage: "--inputs FILE [--file FILE]",
    summary: "export the complete history as a NixOps4 state_file",
    options: { inputs, file: text },
    run: exportState,
  },
  import: {
    usage: "FILE --inputs FILE",
    summary: "create the state from a NixOps4 state_file, with its complete history",
    options: { inputs },
    run: importState,
  },
  compact: {
    usage: "--inputs FILE [--keep COUNT]",
    summary: "move all but the last COUNT events (default 100) to the archive, behind a snapshot",
    options: { inputs, keep: text },
    run: compact,
  },
} satisfies Record<string, Command>;

export default commands as Commands;
