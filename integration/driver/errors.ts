/** Every failure that the driver itself reports. Messages of providers are passed on unchanged. */
export const driverErrors = {
  "driver.locked": {
    meaning: "Another run is applying the same deployment or writing to the same state log.",
    remedy: "Wait until it ends, or stop it with Ctrl-C in its terminal.",
  },
  "driver.lock": {
    meaning: "The folder of the locks, or a file in it, cannot be used.",
    remedy:
      "Remove the folder that the message names, as root if it belongs to another user, or free space on its file system.",
  },
  "driver.node.version": {
    meaning: "The driver was started by a version of Node that is too old to run it. Nothing was done.",
    remedy: "Run the driver with the version of Node that the message names, or a newer one.",
  },
  "driver.nix.missing": {
    meaning:
      "This machine has no Nix that can evaluate the deployment, or sources that the evaluation needs are missing.",
    remedy: "Follow the message, or apply a recording, which needs no Nix.",
  },
  "driver.nix.failed": {
    meaning: "Nix could not evaluate the deployment, or could not be started.",
    remedy: "Correct the deployment as Nix' message says.",
  },
  "driver.member.unknown": {
    meaning: "A path on the command line, or a `state`, names no member of the deployment.",
    remedy: "Correct the name; `plan` lists all members.",
  },
  "driver.member.cycle": {
    meaning: "Members need each other's outputs in a circle, so none of them can be applied first.",
    remedy: "Set an input of one of them to a value that does not depend on the others' outputs.",
  },
  "driver.member.output-missing": {
    meaning: "Another member reads an output that the member's provider did not return.",
    remedy: "Correct the output's name, or the provider: it must return every output that it declares.",
  },
  "driver.member.unevaluated": {
    meaning: "The inputs of a member, or the list of members, cannot be evaluated.",
    remedy: "Correct the deployment as Nix' message says.",
  },
  "driver.member.derivation": {
    meaning: "An input refers to a derivation that Nix would have to build. NixOps4 builds it; this driver does not.",
    remedy: "Apply with NixOps4, or set the input to an existing path.",
  },
  "driver.member.inexact": {
    meaning: "An input is an integer beyond 2^53, which JavaScript cannot represent exactly.",
    remedy: "Write the number as a string if the provider accepts one, or apply with NixOps4.",
  },
  "driver.member.duplicate": {
    meaning:
      "Two members declare one object, with the same provider and connection. Nothing was written for a member that reports this.",
    remedy: "Declare the object in one member and use its outputs in the other, or give one of the two another name.",
  },
  "driver.member.changed": {
    meaning:
      "A member was applied, and its inputs changed when more outputs became known. The deployment hides that an output is missing, for example with builtins.tryEval.",
    remedy: "Read the output without builtins.tryEval, then apply again.",
  },
  "driver.provider.start": {
    meaning: "The provider's program could not be started.",
    remedy: "Set `executable` to a program that this user may run.",
  },
  "driver.provider.ended": {
    meaning: "The provider ended without an answer. It is unknown whether it changed anything.",
    remedy: "Read the provider's output, then apply again: create finds an existing object.",
  },
  "driver.provider.answer": {
    meaning: "The provider's answer does not follow the protocol.",
    remedy: "Report it to the provider's authors; a stray line on stdout is a usual cause.",
  },
  "driver.state.log": {
    meaning: "The state log cannot be read or written.",
    remedy: "Restore the file from a backup, or correct it as the message says. The driver does not overwrite it.",
  },
  "driver.state.document": {
    meaning: "A state provider returned something that is not NixOps4's state.",
    remedy: "Set `state` to a member that stores state.",
  },
  "driver.state.type": {
    meaning: "The state has a resource of another type under the member's path. NixOps4 rejects it too.",
    remedy: "Give the member another name, or restore its type.",
  },
  "driver.state.changed": {
    meaning: "Another run changed the member's entry between the look and the write. The entry was not removed.",
    remedy: "Run the command again.",
  },
  "driver.state.unavailable": {
    meaning: "The member's state could not be opened, so nothing was done to the member.",
    remedy: "Resolve the failure of the state member first.",
  },
  "driver.destroy.unknown": {
    meaning: "A path names no member: neither the deployment nor a state has it.",
    remedy:
      "Correct the name; `plan` lists the declared members. For a stateless member that is no longer declared, run its provider's `list` and `delete`.",
  },
  "driver.destroy.needed": {
    meaning: "A member that is not destroyed reads outputs of one that would be. Nothing was destroyed.",
    remedy: "Add the path of the member that reads them, or remove that member from the deployment.",
  },
  "driver.destroy.state": {
    meaning: "A state would be destroyed that has entries of members that are not. Nothing was destroyed.",
    remedy: "Add the paths of these members, or forget them.",
  },
  "driver.destroy.provider": {
    meaning: "A member is in a state and no longer declared, and its type does not tell which provider destroys it.",
    remedy: "Declare the member again as it was, then destroy it.",
  },
  "driver.destroy.unread": {
    meaning: "The inputs of a member need an output of another, which could not be read.",
    remedy: "Resolve the failure that the message names, then destroy again.",
  },
  "driver.export.unknown": {
    meaning: "A member reads an output of a member that OpenTofu cannot have, and that does not exist yet.",
    remedy: "Apply that member first, then export again.",
  },
  "driver.recording.invalid": {
    meaning: "The recording cannot be read.",
    remedy: "Run `record` again.",
  },
  "driver.recording.impossible": {
    meaning: "The deployment cannot be recorded, since it depends on an output in a way that cannot be recorded.",
    remedy: "Apply the deployment with Nix.",
  },
  "driver.recording.value": {
    meaning: "A value that the recording leaves open is missing, or has another type than at recording.",
    remedy: "Set the environment variable that the message names, or apply with Nix.",
  },
} as const satisfies Record<string, { meaning: string; remedy: string }>;

export type DriverErrorCode = keyof typeof driverErrors;

/** A failure that the user can resolve. */
export class DriverError extends Error {
  override readonly name = "DriverError";
  readonly code: DriverErrorCode;
  /** The message without the code before it and the hint after it. */
  readonly sentence: string;

  /** `hint` replaces the remedy of the code. */
  constructor(code: DriverErrorCode, sentence: string, { hint, ...options }: ErrorOptions & { hint?: string } = {}) {
    super(`[${code}] ${sentence}\nHint: ${hint ?? driverErrors[code].remedy}`, options);
    this.code = code;
    this.sentence = sentence;
  }
}

/** An invalid command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The text to show for a failure: a bug keeps its stack, an expected failure is its message. */
export function describeFailure(error: unknown): string {
  if (error instanceof DriverError || error instanceof UsageError || error instanceof ProviderFailure) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** A provider's own `errorResponse`. */
export class ProviderFailure extends Error {
  override readonly name = "ProviderFailure";
}

/** The message of an error of any kind. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
