import { createHash } from "node:crypto";

/** A snapshot's own configuration. */
export interface Snapshot {
  readonly description: string | undefined;
  readonly time: number;
  readonly parent: string | undefined;
  readonly values: ReadonlyMap<string, string>;
}

/** A VM's file of settings: current values, pending ones, snapshots. Source: PVE/QemuConfig.pm */
export class GuestConfig {
  readonly current = new Map<string, string>();
  readonly pending = new Map<string, string>();
  /** Keys whose removal is pending, and whether their disk is destroyed then. */
  readonly pendingDelete = new Map<string, { readonly force: boolean }>();
  readonly snapshots = new Map<string, Snapshot>();
  /** Values of the last cloud-init drive that differ from the current ones. */
  readonly cloudInit = new Map<string, string | undefined>();
  /** The snapshot that the current state comes from. */
  parent: string | undefined;

  /** SHA-1 of the file. */
  get digest(): string {
    const snapshots = [...this.snapshots].map(([name, { values, ...rest }]) => [name, rest, sorted(values)]);
    const sections = [this.current, this.pending, this.pendingDelete, this.cloudInit].map(sorted);
    return createHash("sha1")
      .update(JSON.stringify([sections, snapshots]))
      .digest("hex");
  }

  /** A value as the next start has it. */
  next(key: string): string | undefined {
    if (this.pendingDelete.has(key)) return undefined;
    return this.pending.get(key) ?? this.current.get(key);
  }
}

const sorted = (values: ReadonlyMap<string, unknown>): readonly (readonly [string, unknown])[] =>
  [...values].sort(([one], [other]) => (one < other ? -1 : 1));
