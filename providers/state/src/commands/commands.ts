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

/** All of them are about one state: that of the inputs in a file, as `plan` and `read` take them. */
const commands = {
  log: {
    usage: "--inputs FILE [--last COUNT]",
    summary: "who wrote what when: one line per event",
    options: { inputs, last: text },
    run: log,
  },
  show: {
    usage: "--inputs FILE [--at INDEX]",
    summary: "the document as it is, or as it was after an event",
    options: { inputs, at: text },
    run: show,
  },
  diff: {
    usage: "A B --inputs FILE",
    summary: "what the events after A, up to B, have changed",
    options: { inputs },
    run: diff,
  },
  verify: {
    usage: "--inputs FILE",
    summary: "look at every event, snapshot and key, and name all that was tampered with",
    options: { inputs },
    run: verify,
  },
  unlock: {
    usage: "--inputs FILE --holder ID",
    summary: "end the session of a writer that is gone; the message of state.locked has its id",
    options: { inputs, holder: text },
    run: unlock,
  },
  export: {
    usage: "--inputs FILE [--file FILE]",
    summary: "the whole history as a state_file of NixOps4",
    options: { inputs, file: text },
    run: exportState,
  },
  import: {
    usage: "FILE --inputs FILE",
    summary: "make the state from a state_file of NixOps4, with its whole history",
    options: { inputs },
    run: importState,
  },
  compact: {
    usage: "--inputs FILE [--keep COUNT]",
    summary: "move all but the last events (100) to the archive, behind a snapshot",
    options: { inputs, keep: text },
    run: compact,
  },
} satisfies Record<string, Command>;

export default commands as Commands;
