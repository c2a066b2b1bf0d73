import { Storage, type StorageSettings } from "./storage.ts";
import type { Access } from "../access/access.ts";
import type { Caller } from "../access/caller.ts";
import { failure } from "../refusal.ts";

const gibibyte = 1024 ** 3;

/** Every directory has this size. */
export const space = { total: 1024 * gibibyte, used: 4 * gibibyte, avail: 1020 * gibibyte };

/** The storages of the cluster: `local` and `local2`, which does not store images for import. */
export class Storages {
  readonly #access: Access;
  readonly #storages = new Map<string, Storage>();

  constructor(access: Access) {
    this.#access = access;
    this.add({
      name: "local",
      path: "/var/lib/vz",
      contents: new Set(["backup", "images", "import", "iso", "vztmpl"]),
      isShared: false,
    });
    this.add({ name: "local2", path: "/var/lib/local2", contents: new Set(["images"]), isShared: false });
  }

  get all(): readonly Storage[] {
    return [...this.#storages.values()];
  }

  add(settings: StorageSettings): void {
    this.#storages.set(settings.name, new Storage(settings));
  }

  has(name: string): boolean {
    return this.#storages.has(name);
  }

  delete(name: string): void {
    this.#storages.delete(name);
  }

  /** Source: PVE/Storage.pm: storage_config */
  storage(name: string): Storage {
    const storage = this.#storages.get(name);
    if (storage === undefined) throw failure(`storage '${name}' does not exist`);
    return storage;
  }

  visibleTo(caller: Caller): readonly Storage[] {
    const privileges = ["Datastore.Audit", "Datastore.AllocateSpace"];
    return this.all.filter(({ name }) => this.#access.permissions.hasAny(caller, `/storage/${name}`, privileges));
  }

  /** Rows of /cluster/resources. */
  rowsFor(nodes: readonly { readonly name: string }[], caller: Caller) {
    return this.visibleTo(caller).flatMap(({ name, settings }) =>
      nodes.map(({ name: node }) => ({
        id: `storage/${node}/${name}`,
        type: "storage",
        storage: name,
        node,
        plugintype: "dir",
        status: "available",
        content: [...settings.contents].sort().join(","),
        shared: settings.isShared ? 1 : 0,
        disk: space.used,
        maxdisk: space.total,
      })),
    );
  }
}
