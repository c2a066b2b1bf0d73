import type { Volume } from "../storage/storage.ts";

/** What runs VMs. Without it the emulator only says that they run. */
export interface Hardware {
  /** Folder for the bytes of uploads. */
  readonly uploads: string;
  start(powered: PoweredVm): Promise<Machine>;
}

/** A VM that is to run. */
export interface PoweredVm {
  readonly vmid: number;
  readonly values: ReadonlyMap<string, string>;
  /** The volume of a drive. */
  readonly volumeOf: (file: string) => Volume | undefined;
}

/** A VM that runs. */
export interface Machine {
  /** Resolves when it runs no more. */
  readonly ended: Promise<void>;
  /** Asks the guest to shut down: its agent if it answers, else by ACPI. */
  askToShutDown(hasAgent: boolean): Promise<void>;
  stop(): Promise<void>;
  /** What the guest agent returns. Throws `CommandFailed` with its error, and others if it does not answer. */
  askAgent(command: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** The bytes of an image. */
export interface Contents {
  readonly file: string;
  readonly format: string;
}

/** QEMU or the agent rejected a command. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
}
