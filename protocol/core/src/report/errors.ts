import type { ErrorCatalogue } from "./error.ts";

/** The errors that every provider can report. */
export default {
  "protocol.bug": {
    meaning: "The provider met an unexpected error. It is unknown whether anything was written.",
    remedy:
      "Report the error with the output of NIXOPS4_RESOURCES_LOG=debug, then apply again. Apply looks before it writes.",
  },
  "protocol.immutable": {
    meaning: "An input was changed that the backend cannot change on an existing object.",
    remedy: "Restore the old value, or follow the hint, which names the loss and the way to change it by hand.",
  },
  "protocol.inputs.invalid": {
    meaning: "The inputs do not match the resource type. Nothing was written.",
    remedy:
      "Correct the inputs that the message names. Nix option types find most of these faults before a provider runs.",
  },
  "protocol.node.version": {
    meaning: "The provider was started by a version of Node that is too old to run it. Nothing was done.",
    remedy: "Run the provider with the version of Node that the message names, or a newer one.",
  },
  "protocol.ownership.foreign": {
    meaning: "The object exists and carries the mark of another deployment. Nothing was changed.",
    remedy:
      "Give the resource another name, or set `adoptFrom` to the other deployment after that one has stopped managing it.",
  },
  "protocol.ownership.unmarked": {
    meaning: "The object exists and carries no mark: a person or another program created it. Nothing was changed.",
    remedy: "Give the resource another name, or set `adopt = true` to take the object over.",
  },
  "protocol.request.malformed": {
    meaning: "A line of input is not a request of NixOps4's resource protocol v0.",
    remedy: "Send one JSON object per line. If nixops4 sent the line, use matching versions of nixops4 and this suite.",
  },
  "protocol.request.unknown": {
    meaning: "The provider does not know this kind of request.",
    remedy: "Use a request that the hint lists, or a newer version of this suite.",
  },
  "protocol.state.required": {
    meaning: "The inputs of this resource type do not identify its object, and the member has no state.",
    remedy: "Set `state` of the member.",
  },
  "protocol.state.unsupported": {
    meaning: "`state` names a resource of a type that does not store NixOps4's state.",
    remedy: "Set `state` to a resource of a state provider.",
  },
  "protocol.timeout": {
    meaning:
      "The request took longer than `timeoutSeconds`. The message names the step in progress and says whether its outcome is known.",
    remedy:
      "Apply again: apply looks first and continues from the existing state. Raise `timeoutSeconds` if the backend is slow.",
  },
  "protocol.type.unknown": {
    meaning: "The provider has no resource type of this name.",
    remedy: "Use the type that the hint names.",
  },
  "protocol.unsettled": {
    meaning:
      "After a write, the object is not as it was written: another program changes it, or the provider has a bug.",
    remedy: "Apply again. If the error persists, find the other writer; if there is none, report the error.",
  },
  "secret.command.failed": {
    meaning: "The command of a secret reference did not start or ended with an error.",
    remedy: "Run the command by hand as the user who runs nixops4. Its stderr is passed on.",
  },
  "secret.credential.missing": {
    meaning: "A secret reference names a systemd credential, but the process was started without credentials.",
    remedy: "Start nixops4 in a unit with LoadCredential= or SetCredentialEncrypted=.",
  },
  "secret.empty": {
    meaning: "The secret exists and is empty.",
    remedy: "Store the secret in the place that the reference names.",
  },
  "secret.env.bytes": {
    meaning:
      "The environment variable of a secret reference contains bytes that are not UTF-8, and this system does not show them to a process.",
    remedy: "Put the secret into a file, and refer to it with `file`.",
  },
  "secret.env.missing": {
    meaning: "The environment variable of a secret reference is not set.",
    remedy: "Set the variable in the environment of nixops4.",
  },
  "secret.file.missing": {
    meaning: "The file of a secret reference does not exist.",
    remedy: "Create the file with the secret and mode 0600.",
  },
  "secret.file.mode": {
    meaning: "Users other than the owner can read or write the file of a secret reference.",
    remedy: "Run `chmod 0600` on the file.",
  },
  "secret.file.size": {
    meaning: "The file of a secret reference is larger than 1 MiB, the maximum size of a secret.",
    remedy: "Name a file that contains only the secret.",
  },
  "secret.file.store": {
    meaning: "The file of a secret reference is in the Nix store, which every user of the machine can read.",
    remedy: "Keep the file outside the store, and write its path as a string, not as a path literal.",
  },
  "secret.file.unreadable": {
    meaning:
      "The file of a secret reference cannot be read: it is not a regular file, it does not answer in time, or the user who runs nixops4 has no permission.",
    remedy: "Follow the hint. Use a regular file that this user can read.",
  },
  "secret.kind.unsupported": {
    meaning: "This provider does not support the kind of a secret reference.",
    remedy: "Use a reference of another kind, such as `file`.",
  },
  "secret.text.header": {
    meaning: "A secret that is sent in an HTTP header is not one line of printable ASCII.",
    remedy: "Store only the token, without a label, a line break or letters outside ASCII.",
  },
  "secret.text.invalid": {
    meaning:
      "The destination of a secret needs text, such as a password, but the value is not valid UTF-8 or contains the character NUL.",
    remedy: "Store the value as UTF-8 text, or encode it first, for example with base64.",
  },
} satisfies ErrorCatalogue;
