import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import postgresErrors from "@nixops4-resources/protocol-postgres/errors";

/** Errors of this provider. Errors common to all providers are in protocol-core. */
const errors = {
  ...postgresErrors,
  "state.damaged": {
    meaning:
      "The state in the database differs from what was written: an event, a snapshot or the head was changed, removed or moved.",
    remedy:
      "Run `nixops4-resources-state verify` to list all damage. Restore the database from a backup as described in docs/state.md.",
  },
  "state.exists": {
    meaning: "A state with the name of the import already exists.",
    remedy: "Import under another name, or destroy the existing state first.",
  },
  "state.file.damaged": {
    meaning: "A file is not a state file of NixOps4, or a patch in it does not apply.",
    remedy: "Import the complete file that NixOps4 wrote.",
  },
  "state.file.unusable": {
    meaning: "A file cannot be read or written, or the file to write already exists.",
    remedy: "Use another file name, or give the user permission to access it.",
  },
  "state.key.generation": {
    meaning:
      "`keyGeneration` is lower than the generation of the state's data key. A replaced key is never used again.",
    remedy: "Set it to the number in the message, or to a higher one for a new key.",
  },
  "state.locked": {
    meaning: "Another run writes to this state, and did not finish within `lockTimeoutSeconds`.",
    remedy:
      "Apply again after that run has finished. If its machine is lost, end its session with `nixops4-resources-state unlock`.",
  },
  "state.missing": {
    meaning: "The database has no state with this name.",
    remedy: "Apply the state resource first, which creates the state, or correct `name`, `schema` or `connection`.",
  },
  "state.member.ambiguous": {
    meaning: "Two members of the state have the same name on the command line, since one name contains a dot.",
    remedy: "Rename one of the two in the deployment, and apply.",
  },
  "state.member.missing": {
    meaning: "The state has no member with the name on the command line.",
    remedy: "Use a name as `nixops4-resources-state log` prints it, such as `db` or `site.web`.",
  },
  "state.moved": {
    meaning:
      "Another run has written to the state since this run read it, so this run's copy is outdated. Nothing was written.",
    remedy: "Apply again: apply reads the current state first.",
  },
  "state.notEmpty": {
    meaning: "The state to destroy still contains resources, which would be forgotten.",
    remedy: 'Destroy the resources first, or set `deletion = "delete"` on the state to forget them.',
  },
  "state.patch": {
    meaning: "A change from NixOps4 does not apply to the state in the database. Nothing was written.",
    remedy: "Apply again: apply reads the current state first. If the error remains, report the message.",
  },
  "state.unlock": {
    meaning: "No session with this id has the state's lock, or the session could not be ended.",
    remedy: "Apply again: the message of `state.locked` shows which session has the lock now.",
  },
  "state.unreachableIndex": {
    meaning: "The state has no event with this number, or the event was archived and the archive was emptied.",
    remedy: "Run `nixops4-resources-state log` to list the events.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
