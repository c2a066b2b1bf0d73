import { log, readMark, requireMark, resolveSecret, takeLock, type Secret } from "@nixops4-resources/protocol-core";
import { decryptWith, encryptTo } from "../age/age.ts";
import { markText } from "../content.ts";
import { newVersion, parseFile, toText, valueOf, withoutValues, type Content } from "./file.ts";
import { SecretFolder } from "./folder.ts";
import type { DirectoryStore } from "./settings.ts";
import { inContext } from "../in-context.ts";
import { checkName } from "../names.ts";
import { withOwn } from "../age/recipients.ts";
import type {
  ExpectedMark,
  NewSecret,
  NewValue,
  Revealed,
  SecretChanges,
  SecretReader,
  SecretWriter,
  StoredSecret,
} from "../store.ts";
import { missingSecret, ofThisIdentity, proven, readableVersion } from "../versions.ts";

/**
 * Reads a store with one age file per secret. Everything but the name is encrypted; the file is named after the secret.
 */
class DirectoryReader implements SecretReader {
  readonly place: string;
  protected readonly folder: SecretFolder;
  protected readonly identity: Secret;

  constructor(folder: SecretFolder, identity: Secret) {
    this.place = `the folder ${folder.path}`;
    this.folder = folder;
    this.identity = identity;
  }

  async look(name: string): Promise<StoredSecret | undefined> {
    const content = await this.read(name);
    return content && withoutValues(content);
  }

  async reveal(name: string, version: number | null, purpose: string, id: string | null = null): Promise<Revealed> {
    const content = await this.read(name);
    if (content === undefined) throw missingSecret(name, this.place);
    const { version: chosen } = readableVersion(withoutValues(content), { version, id }, new Date());
    log.info("secret read", { secret: name, version: chosen, place: this.place, purpose });
    const kept = content.previous?.version === chosen ? content.previous : content.current;
    return { value: valueOf(kept), version: chosen };
  }

  async list(): Promise<StoredSecret[]> {
    const names = this.folder.names().map((name) => ({ name }));
    return await ofThisIdentity(names, this.place, ({ name }) => this.look(name));
  }

  /** A folder does not record accesses. */
  async accesses(): Promise<undefined> {
    return undefined;
  }

  protected async read(name: string): Promise<Content | undefined> {
    checkName(name);
    const bytes = await this.folder.read(name);
    if (bytes === undefined) return undefined;
    return await inContext(`secret ${name} in ${this.place} cannot be opened`, async () =>
      parseFile(Buffer.from(await decryptWith(this.identity, bytes)).toString(), name),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class DirectoryWriter extends DirectoryReader implements SecretWriter {
  async create({ name, mark, recipients, graceSeconds, ...value }: NewSecret): Promise<void> {
    checkName(name);
    const content: Content = {
      format: 1,
      name,
      mark: markText(mark),
      specification: { ...value.specification },
      recipients: [...recipients],
      encryptedTo: await withOwn(recipients, this.identity),
      graceSeconds,
      current: newVersion(1, value),
      previous: null,
    };
    this.folder.create(name, await encrypt(content));
  }

  async addVersion(name: string, version: number, value: NewValue, expected?: ExpectedMark): Promise<boolean> {
    return await this.#rewrite(name, expected, async (content) => {
      if (content.current.version !== version) return undefined;
      return {
        ...content,
        specification: { ...value.specification },
        encryptedTo: await withOwn(content.encryptedTo, this.identity),
        current: newVersion(version + 1, value),
        previous: content.current,
      };
    });
  }

  async change(name: string, changes: SecretChanges, expected?: ExpectedMark): Promise<void> {
    const { mark, recipients, graceSeconds } = changes;
    await this.#rewrite(name, expected, async (content) => ({
      ...content,
      ...(mark !== undefined && { mark: markText(mark) }),
      ...(graceSeconds !== undefined && { graceSeconds }),
      ...(recipients !== undefined && { recipients: [...recipients] }),
      encryptedTo: await withOwn(recipients ?? content.encryptedTo, this.identity),
    }));
  }

  async remove(name: string, expected?: ExpectedMark): Promise<void> {
    checkName(name);
    using _lock = await this.#lock(name);
    if (expected !== undefined) {
      const content = await this.read(name);
      if (content !== undefined) requireMark(markOf(content), expected.mark);
    }
    this.folder.remove(name);
  }

  /**
   * Rewrites a secret under its lock, if it carries the expected mark. `work` returns the new content, or undefined to
   * change nothing.
   */
  async #rewrite(
    name: string,
    expected: ExpectedMark | undefined,
    work: (content: Content) => Promise<Content | undefined>,
  ): Promise<boolean> {
    checkName(name);
    using _lock = await this.#lock(name);
    const content = proven(await this.read(name), markOf, expected, () => missingSecret(name, this.place));
    const changed = await work(content);
    if (changed === undefined) return false;
    this.folder.replace(name, await encrypt(changed));
    return true;
  }

  /** Locks among the processes of this machine. Several machines share a store in a database instead. */
  async #lock(name: string): Promise<Disposable> {
    return await takeLock(`secret:${this.folder.path}\0${name}`, `another process that changes secret ${name}`);
  }
}

const markOf = ({ mark }: Content) => readMark(mark);

const encrypt = async (content: Content): Promise<Uint8Array> =>
  // Armored, so that git and people see text.
  await encryptTo(content.encryptedTo, Buffer.from(toText(content)), "armored");

export async function openDirectoryReader({ folder: path, identity: ref }: DirectoryStore): Promise<SecretReader> {
  const folder = await SecretFolder.open(path);
  return new DirectoryReader(folder, await readIdentity(ref, path));
}

export async function openDirectoryWriter({ folder: path, identity: ref }: DirectoryStore): Promise<SecretWriter> {
  const folder = await SecretFolder.open(path);
  const identity = await readIdentity(ref, path);
  folder.removeDeadDrafts();
  return new DirectoryWriter(folder, identity);
}

const readIdentity = (identity: DirectoryStore["identity"], path: string): Promise<Secret> =>
  resolveSecret(identity, `the identity of the secrets in ${path}`);
