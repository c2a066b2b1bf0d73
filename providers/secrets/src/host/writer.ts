import {
  AlreadyExists,
  encodeMark,
  MarkChanged,
  type ClientRequest,
  type Mark,
} from "@nixops4-resources/protocol-core";
import type { Connection } from "../connection.ts";
import { HostReader, placed } from "./host.ts";

/** The wanted file. */
export interface NewFile {
  path: string;
  mode: string;
  owner: string;
  group: string;
  content: Buffer;
  /** Units to restart after the write. */
  restartUnits: readonly string[];
}

export class HostWriter extends HostReader {
  /** Marks the path, then writes the file. Throws AlreadyExists if the path has a file or a mark by now. */
  async create(file: NewFile, mark: Mark): Promise<void> {
    const said = await this.#write(file, mark, "new");
    if (said.includes("taken")) throw new AlreadyExists(file.path);
  }

  /** Writes the file atomically, also if it is missing. Throws MarkChanged if the path has another mark. */
  async replace(file: NewFile, mark: Mark): Promise<void> {
    requireProof(await this.#write(file, mark, ""));
  }

  async #write({ path, mode, owner, group, content, restartUnits }: NewFile, mark: Mark, guard: string) {
    const place = [...this.registered(path), ...placed(path), encodeMark(mark), guard];
    const look = [mode, owner, group, restartUnits.join(" "), String(content.length)];
    return await this.ask("write", [...place, ...look], content);
  }

  /** Throws MarkChanged if the path has another mark. */
  async restart(path: string, units: readonly string[], mark: Mark): Promise<void> {
    requireProof(await this.ask("restart", [...this.registered(path), encodeMark(mark), units.join(" ")]));
  }

  /** Throws MarkChanged if the path has another mark than the expected one, or neither a mark nor a file. */
  async setMark(path: string, mark: Mark | undefined, expected: Mark | undefined): Promise<void> {
    const marks = [mark, expected].map((each) => (each === undefined ? "" : encodeMark(each)));
    requireProof(await this.ask("mark", [...this.registered(path), ...placed(path), ...marks]));
  }

  /** Removes the file, then its mark. Throws MarkChanged if the path has another mark. */
  async remove(path: string, mark: Mark): Promise<void> {
    requireProof(await this.ask("remove", [...this.registered(path), ...placed(path), encodeMark(mark)]));
  }

  protected override get sweeps(): boolean {
    return true;
  }
}

function requireProof(said: readonly string[]): void {
  if (said.includes("changed")) throw new MarkChanged();
}

export const connectHostReader = async (connection: Connection, request: ClientRequest): Promise<HostReader> =>
  new HostReader(connection, request);

export const connectHostWriter = async (connection: Connection, request: ClientRequest): Promise<HostWriter> =>
  new HostWriter(connection, request);
