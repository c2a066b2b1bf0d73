import { GuestConfig } from "./config/guest-config.ts";
import type { Machine } from "../hardware/hardware.ts";

/** What the guest agent answers; undefined if it is absent. */
export interface GuestAgent {
  /** Milliseconds after the start of the VM. */
  readonly after: number;
  readonly interfaces: readonly unknown[];
  readonly files: Readonly<Record<string, string>>;
}

/** A VM that runs. */
export interface Running {
  readonly since: number;
  /** Since when the agent may be asked, which a fault can set later than the start. */
  agentSince: number;
  readonly isPaused: boolean;
  /** What really runs; undefined if the emulator only says so. */
  readonly machine: Machine | undefined;
}

/** A virtual machine. */
export class Guest {
  readonly vmid: number;
  node: string;
  readonly config: GuestConfig;
  running: Running | undefined;
  agent: GuestAgent | undefined;
  /** Whether the guest reacts to ACPI and its agent. */
  hangsAtShutdown = false;
  /** When its node first reports its name and status. */
  readonly createdAt = Date.now();

  constructor(vmid: number, node: string, config = new GuestConfig()) {
    this.vmid = vmid;
    this.node = node;
    this.config = config;
  }

  get isTemplate(): boolean {
    return this.config.current.get("template") === "1";
  }

  get lock(): string | undefined {
    return this.config.current.get("lock");
  }
}
