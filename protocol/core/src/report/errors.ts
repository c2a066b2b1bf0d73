import type { ErrorCatalogue } from "./error.ts";

/** The errors that every provider can report. */
export default {
  "protocol.bug": {
    meaning: "An unexpected error occurred in the provider. It may have written a part of the change.",
    remedy:
      "Report the error with the output of NIXOPS4_RESOURCES_LOG=debug, then apply again: the provider reads the existing object first.",
  },
  "protocol.immutable": {
    meaning: "An input was changed that the backend cannot change on an existing object.",
    remedy: "Restore the old value, or follow the hint, which says what is lost and how to change it manually.",
  },
  "protocol.inputs.invalid": {
    meaning: "The inputs do not match the resource type. Nothing was written.",
    remedy:
      "Correct the inputs that the message names. The option types in Nix report most of these mistakes before a provider runs.",
  },
  "protocol.interrupted": {
    meaning:
      "A signal asked the process to stop, and the worker that had its request ended without an answer. It may have written a part of the change.",
    remedy: "Apply again: the provider reads the existing object first.",
  },
  "protocol.lock.folder": {
    meaning: "The folder of the locks cannot be created, or another user could have prepared it. Nothing was written.",
    remedy: "Remove the folder that the message names, as root if it belongs to another user, and apply again.",
  },
  "protocol.lock.unusable": {
    meaning: "A lock between the processes of this machine cannot be opened. Nothing was written under it.",
    remedy: "Solve the reason in the message, such as a full disk or the limit of open files, and apply again.",
  },
  "protocol.node.version": {
    meaning: "The version of Node is too old for the provider. Nothing was written.",
    remedy: "Run the provider with the version of Node that the message names, or a newer one.",
  },
  "protocol.ownership.foreign": {
    meaning: "The object exists and carries the mark of another deployment. Nothing was changed.",
    remedy:
      "Give the resource another name. Or remove the object from the other deployment, and set `adoptFrom` to that deployment's name.",
  },
  "protocol.ownership.lowers": {
    meaning:
      "Adopting the object would reset or remove what it has and the inputs do not declare: inputs at their defaults, and entries that are not listed. Nothing was changed.",
    remedy: "Declare what the object must keep. Or set `adoptLowers = true` to lose it.",
  },
  "protocol.ownership.unmarked": {
    meaning: "The object exists and carries no mark: a person or another program created it. Nothing was changed.",
    remedy: "Give the resource another name, or set `adopt = true` to take the object over.",
  },
  "protocol.request.malformed": {
    meaning: "A line on stdin is not a request of NixOps4's resource protocol v0.",
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
  "protocol.system.denied": {
    meaning: "The system denied access to a file or folder.",
    remedy: "Grant the user who runs the provider access to the path in the message, and apply again.",
  },
  "protocol.system.full": {
    meaning: "A file could not be written: the disk is full, or a limit of its size is reached.",
    remedy: "Free space on the file system, or raise the quota, and apply again.",
  },
  "protocol.system.io": {
    meaning: "The system failed to read or write a file.",
    remedy: "Check the disk, its log in the kernel, and the terminal, and apply again.",
  },
  "protocol.system.limit": {
    meaning: "The machine or the process reached a limit: open files, processes or memory.",
    remedy: "Raise the limit (`ulimit -n`, `LimitNOFILE=`), or run fewer programs at once, and apply again.",
  },
  "protocol.system.network": {
    meaning: "A connection failed.",
    remedy: "Check that the server in the message runs and can be reached, and apply again.",
  },
  "protocol.system.path": {
    meaning: "A path does not name what is needed: it does not exist, is a folder, or contains a NUL character.",
    remedy: "Correct the path in the inputs or the argument, and apply again.",
  },
  "protocol.timeout": {
    meaning:
      "The request took longer than `timeoutSeconds`. The message names the step in progress and says whether its outcome is known.",
    remedy:
      "Apply again: the provider reads the existing object and continues from there. If the backend is slow, raise `timeoutSeconds`.",
  },
  "protocol.type.unknown": {
    meaning: "The provider has no resource type of this name.",
    remedy: "Use the type that the hint names.",
  },
  "protocol.unsettled": {
    meaning:
      "After a write, the object differs from the inputs: another program changed it, or the provider has a bug.",
    remedy:
      "Apply again. If the error persists, find the program that changes the object. If no program does, report the error.",
  },
  "secret.command.failed": {
    meaning: "The command of a secret reference did not start or ended with an error.",
    remedy: "Run the command by hand as the user who runs nixops4. The message has the end of its stderr.",
  },
  "secret.credential.missing": {
    meaning: "A secret reference names a systemd credential, but systemd gave the process no credentials.",
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
