import type { ErrorCatalogue } from "./error.ts";

/** The errors that every provider can give. */
export default {
  "protocol.bug": {
    meaning: "The provider met an error that it does not know. Nothing is known about what was written.",
    remedy: "Report it with what stderr says under NIXOPS4_RESOURCES_LOG=debug, then apply again: apply looks first.",
  },
  "protocol.immutable": {
    meaning: "An input was changed that the backend cannot change on a thing that exists.",
    remedy: "The hint says what would be lost and how to do it by hand. Put the old value back to leave it as it is.",
  },
  "protocol.inputs.invalid": {
    meaning: "The inputs do not fit the resource type. Nothing was done.",
    remedy: "Correct the inputs that the message names. NixOps4's types find most of these before a provider starts.",
  },
  "protocol.node.version": {
    meaning: "The provider was started by a version of Node that is too old to run it. Nothing was done.",
    remedy: "Run the provider with the version of Node that the message names, or a newer one.",
  },
  "protocol.ownership.foreign": {
    meaning: "The thing exists and bears the mark of another deployment. Nothing was changed.",
    remedy:
      "Name the resource differently, or take the thing over with `adoptFrom` once the other deployment let it go.",
  },
  "protocol.ownership.unmarked": {
    meaning: "The thing exists and bears no mark: a person or another program made it. Nothing was changed.",
    remedy: "Name the resource differently, or take the thing over with `adopt = true`.",
  },
  "protocol.request.malformed": {
    meaning: "A line of input is not a request of NixOps4's resource protocol v0.",
    remedy: "Send one JSON object per line. From nixops4 itself this is a mismatch of versions.",
  },
  "protocol.request.unknown": {
    meaning: "A request of a kind that this provider does not know.",
    remedy: "`describe` lists what it answers; a newer suite may know more.",
  },
  "protocol.state.required": {
    meaning: "The resource type cannot find its thing again from its inputs, and the member has no state.",
    remedy: "Give the member a `state`.",
  },
  "protocol.state.unsupported": {
    meaning: "`state` names a resource of a type that does not store NixOps4's state.",
    remedy: "Let `state` name a resource of a state provider.",
  },
  "protocol.timeout": {
    meaning:
      "The request took longer than `timeoutSeconds`. The message says what was waited for, and whether the outcome is unknown.",
    remedy:
      "Apply again: it looks first and goes on from what is there. Raise `timeoutSeconds` where the backend is slow.",
  },
  "protocol.type.unknown": {
    meaning: "The provider has no resource type of this name.",
    remedy: "The hint names the nearest one, or all.",
  },
  "protocol.unsettled": {
    meaning: "After a write, the look did not find what was written: a second writer, or a fault of the provider.",
    remedy: "Apply again. If it stays, see who else writes, and report it if nobody does.",
  },
  "secret.command.failed": {
    meaning: "The command of a secret reference could not be run or ended with an error.",
    remedy: "Run it by hand as the user who runs nixops4; what it says on stderr is passed on.",
  },
  "secret.credential.missing": {
    meaning: "A secret reference names a systemd credential, and the process was not started with any.",
    remedy: "Start nixops4 in a unit with LoadCredential= or SetCredentialEncrypted=.",
  },
  "secret.empty": {
    meaning: "The secret was found and is empty.",
    remedy: "Put the secret where the reference points to.",
  },
  "secret.env.missing": {
    meaning: "The environment variable of a secret reference is not set.",
    remedy: "Set it where nixops4 is started.",
  },
  "secret.file.missing": {
    meaning: "The file of a secret reference is not there.",
    remedy: "Put the secret into it, mode 0600.",
  },
  "secret.file.mode": {
    meaning: "Others than its owner may read or write the file of a secret reference.",
    remedy: "chmod 0600.",
  },
  "secret.file.size": {
    meaning: "The file of a secret reference is larger than 1 MiB, which no secret is.",
    remedy: "Name the file that holds only the secret.",
  },
  "secret.file.store": {
    meaning: "The file of a secret reference is in the Nix store, which everybody on the machine can read.",
    remedy: "Keep it outside the store and name it as a string, not as a path literal.",
  },
  "secret.file.unreadable": {
    meaning: "The file of a secret reference cannot be read.",
    remedy: "Let the user who runs nixops4 read it.",
  },
  "secret.kind.unsupported": {
    meaning: "A secret reference is of a kind that this provider does not read.",
    remedy: "Use a reference of another kind, such as `file`.",
  },
} satisfies ErrorCatalogue;
