/** Every failure that the driver itself reports. What a provider reports goes through as it is. */
export const driverErrors = {
  "driver.locked": {
    meaning: "Another run applies the same deployment, or writes the same state log.",
    remedy: "Wait until it has ended, or stop it with Ctrl-C in its terminal.",
  },
  "driver.node.version": {
    meaning: "The driver was started by a version of Node that is too old to run it. Nothing was done.",
    remedy: "Run the driver with the version of Node that the message names, or a newer one.",
  },
  "driver.nix.missing": {
    meaning:
      "There is no Nix on this machine that can evaluate the deployment, or the sources that it needs are missing.",
    remedy: "Do what the message says, or apply a recording, which needs no Nix.",
  },
  "driver.nix.failed": {
    meaning: "Nix could not evaluate the deployment, or could not be started.",
    remedy: "Correct what Nix' message names.",
  },
  "driver.member.unknown": {
    meaning: "A path on the command line, or a `state`, names no member of the deployment.",
    remedy: "Correct the name; `plan` lists all members.",
  },
  "driver.member.cycle": {
    meaning: "Members need each other's outputs in a circle, so none of them can be first.",
    remedy: "Let one of them take a value that does not come from the others' outputs.",
  },
  "driver.member.output-missing": {
    meaning: "A member was applied, but its provider returned no output of a name that another member reads.",
    remedy: "Correct the name, or the provider, which must return every output that it declares.",
  },
  "driver.member.unevaluated": {
    meaning: "The inputs of a member, or the list of members, cannot be evaluated.",
    remedy: "Correct what Nix' message names.",
  },
  "driver.member.derivation": {
    meaning: "An input refers to something that Nix would have to build. NixOps4 builds it, this driver does not.",
    remedy: "Apply with NixOps4, or give a path that exists.",
  },
  "driver.member.inexact": {
    meaning: "An input is an integer beyond 2^53, which cannot be passed on exactly.",
    remedy: "Give the number as a string, where the provider takes one.",
  },
  "driver.member.changed": {
    meaning:
      "A member was applied with inputs that turned out different once more outputs were known: the deployment hides that an output is missing, for example with builtins.tryEval.",
    remedy: "Read the output without builtins.tryEval, then apply again.",
  },
  "driver.provider.start": {
    meaning: "The provider's program could not be started.",
    remedy: "Check that `executable` names a program that this user may run.",
  },
  "driver.provider.ended": {
    meaning: "The provider ended without an answer. Whether it did anything is not known.",
    remedy: "Look at what the provider wrote, then apply again: create finds what is there.",
  },
  "driver.provider.answer": {
    meaning: "The provider's answer is not what the protocol asks for.",
    remedy: "Report it to the provider's authors; a stray line on stdout is a usual cause.",
  },
  "driver.state.log": {
    meaning: "The state log cannot be read or written.",
    remedy: "Restore the file from a copy, or correct what the message names. It is not overwritten.",
  },
  "driver.state.document": {
    meaning: "A state provider returned something that is not NixOps4's state.",
    remedy: "Check that `state` names a member that stores state.",
  },
  "driver.state.type": {
    meaning: "The state has a resource of another type under the member's path. NixOps4 refuses it too.",
    remedy: "Give the member another name, or restore its type.",
  },
  "driver.state.unavailable": {
    meaning: "The member's state could not be opened, so nothing was done to the member.",
    remedy: "Correct what the state's own failure says.",
  },
  "driver.recording.invalid": {
    meaning: "The recording cannot be read.",
    remedy: "Make it again with `record`.",
  },
  "driver.recording.impossible": {
    meaning: "The deployment cannot be recorded: something is computed from an output, or is a part of one.",
    remedy: "Apply it with Nix.",
  },
  "driver.recording.value": {
    meaning: "A value that the recording leaves open is missing or is not of the recorded kind.",
    remedy: "Set the environment variable that the message names, or apply with Nix.",
  },
} as const satisfies Record<string, { meaning: string; remedy: string }>;

export type DriverErrorCode = keyof typeof driverErrors;

/** A failure that its reader can do something about. */
export class DriverError extends Error {
  override readonly name = "DriverError";
  readonly code: DriverErrorCode;
  /** What failed and why, without the code before it and the hint after it. */
  readonly sentence: string;

  constructor(code: DriverErrorCode, sentence: string, options: { cause?: unknown } = {}) {
    super(`[${code}] ${sentence}\nHint: ${driverErrors[code].remedy}`, options);
    this.code = code;
    this.sentence = sentence;
  }
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What to show of a failure: a bug keeps its stack, everything else is for people. */
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

/** The reason in an operating system's error, without Node's framing. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
