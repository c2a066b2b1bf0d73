import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import postgresErrors from "@nixops4-resources/protocol-postgres/errors";

/** What can go wrong here, beside what can go wrong everywhere. */
const errors = {
  ...postgresErrors,
  "state.damaged": {
    meaning:
      "What the database has of the state is not what was once written: an event, a snapshot or the head was changed, removed or moved.",
    remedy:
      "`nixops4-resources-state verify` names everything that is wrong. Restore the database from a backup; docs/state.md has the drill.",
  },
  "state.exists": {
    meaning: "A state is to be made by an import, and there is one of this name.",
    remedy: "Import into another name, or destroy the one that is there first.",
  },
  "state.file.damaged": {
    meaning: "A file is not a state file of NixOps4, or a patch in it does not apply.",
    remedy: "Import the file that NixOps4 wrote, from its first event on.",
  },
  "state.file.unusable": {
    meaning: "A file cannot be read, or is there already where it is to be written.",
    remedy: "Name another file, or give the user the right to read it.",
  },
  "state.key.generation": {
    meaning: "`keyGeneration` is lower than that of the state's data key, and a key never comes back.",
    remedy: "Set it to the number that the message tells, or to a higher one for a new key.",
  },
  "state.locked": {
    meaning: "Somebody else writes to this state, and did not finish within `lockTimeoutSeconds`.",
    remedy:
      "Wait until he is done and apply again. Where his machine is gone, `nixops4-resources-state unlock` ends his session.",
  },
  "state.missing": {
    meaning: "The database has no state of this name.",
    remedy: "Apply the state resource first, which makes it; or correct `name`, `schema` or `connection`.",
  },
  "state.moved": {
    meaning:
      "Somebody else has written to the state since this run read it, so what this run remembers is no longer true. Nothing was written.",
    remedy: "Apply again: it reads the state anew and goes on from there.",
  },
  "state.notEmpty": {
    meaning: "A state is to be destroyed while there are resources in it, of which nobody would know any more.",
    remedy: 'Destroy the resources first, or set `deletion = "delete"` on the state if they are to be forgotten.',
  },
  "state.patch": {
    meaning: "A change that NixOps4 sends does not fit the state that the database has. Nothing was written.",
    remedy: "Apply again: it reads the state anew. If it stays, keep the message and report it.",
  },
  "state.unlock": {
    meaning: "No session of this id holds the state's lock, or it could not be ended.",
    remedy: "The message of `state.locked` and `nixops4-resources-state log` tell who holds it now.",
  },
  "state.unreachableIndex": {
    meaning: "The state has no event of this number, or it was moved to an archive that is not there any more.",
    remedy: "`nixops4-resources-state log` lists the events.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
