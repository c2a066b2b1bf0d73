import type { Fault } from "./faults.ts";

/** A cluster of Proxmox VE: a real one, or the emulator in this folder. */
export interface ProxmoxServer extends AsyncDisposable {
  /** The server that answers, for the titles of tests. */
  readonly what: "Proxmox VE" | "the emulator";
  readonly host: string;
  readonly port: number;
  /** `https://HOST:PORT`, without a path. */
  readonly url: string;
  /** SHA-256 of the certificate, as upper-case hex pairs with colons. */
  readonly fingerprint: string;
  /** The self-signed certificate; undefined for a real server. */
  readonly caFile: string | undefined;
  /** A token of root@pam with all its privileges, as it follows `PVEAPIToken=`, and the file that contains only that. */
  readonly token: string;
  readonly tokenFile: string;
  readonly nodes: readonly string[];
  /** Storages for disk images; only the first one stores images for import. */
  readonly storage: string;
  readonly otherStorage: string;
  readonly bridge: string;
  readonly otherBridge: string;
  /**
   * A call as the administrator, past the provider: its path begins after `/api2/json`. Returns `data`; throws the status
   * line and the body of an error.
   */
  call(method: Method, path: string, parameters?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** One line per request: time, method, path, user, status. Empty for a real server. */
  log(): Promise<string>;
  /** Changes the behaviour of the emulator. A real server throws. */
  fault(fault: Fault): Promise<void>;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface ProxmoxOptions {
  /** Names of the emulator's nodes; pve1 and pve2 by default. */
  readonly nodes?: readonly string[];
  /** Runs VMs of the emulator by QEMU, one at a time. The port of 127.0.0.1 leads to its port 22. */
  readonly sshPort?: number;
}
