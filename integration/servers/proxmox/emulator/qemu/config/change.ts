import { randomUUID } from "node:crypto";
import { parseCard, printCard } from "../values/card.ts";
import { parseDrive, printDrive, withOptions } from "../values/drive.ts";
import type { Scope } from "./key-permissions.ts";
import { isCardKey, isDriveKey, optionExists } from "../values/keys.ts";
import { checkDriveRules } from "../disks/volume-access.ts";
import type { Datacenter } from "../../cluster/datacenter.ts";
import { uriUnescape } from "../../http/uri-unescape.ts";
import type { Call } from "../../http/route.ts";
import { failure, invalid } from "../../refusal.ts";
import { words } from "../../words.ts";
import { isRoot } from "../../access/caller.ts";

/** What a write of a configuration asks for. */
export interface Change {
  readonly scope: Scope;
  readonly values: Map<string, string>;
  readonly deleted: ReadonlySet<string>;
  readonly reverted: ReadonlySet<string>;
  readonly force: boolean;
  readonly digest: string | undefined;
}

/** Parameters that are no keys of the configuration. */
const controls = words("node vmid digest background_delay import-working-storage skiplock delete revert force");

/** Source: PVE/API2/Qemu.pm: update_vm_api */
export function readChange({ access }: Datacenter, { caller, parameters }: Call): Change {
  const scope = { access, caller, vmid: Number(parameters.required("vmid")) };
  if (parameters.flag("skiplock") && !isRoot(caller)) throw invalid({ skiplock: "Only root may use this option." });
  const rest = parameters.without(...controls);
  const values = new Map(rest.entries);
  checkSshKeys(values.get("sshkeys"));
  const [deleted, reverted] = [parameters.list("delete"), parameters.list("revert")];
  if (values.size === 0 && deleted.length === 0 && reverted.length === 0) throw failure("no options specified");
  resolveCdrom(values);
  for (const key of reverted) {
    if (!optionExists(key)) throw invalid({ revert: `unknown option '${key}'` });
    // The error stands under `delete`. Reference: section 13, pending
    if (values.has(key)) throw invalid({ delete: `you can't use '-${key}' and -revert ${key}' at the same time` });
  }
  const removed = new Set(deleted.map((key) => (key === "cdrom" ? "ide2" : key)));
  for (const key of removed) {
    if (values.has(key)) throw invalid({ delete: `you can't use '-${key}' and -delete ${key}' at the same time` });
    if (reverted.includes(key))
      throw invalid({ revert: `you can't use '-delete ${key}' and -revert ${key}' at the same time` });
    if (!optionExists(key)) throw invalid({ delete: `unknown option '${key}'` });
  }
  return {
    scope,
    values,
    deleted: removed,
    reverted: new Set(reverted),
    force: parameters.flag("force"),
    digest: parameters.text("digest"),
  };
}

/** `cdrom` is an alias of ide2. */
export function resolveCdrom(values: Map<string, string>): void {
  const cdrom = values.get("cdrom");
  if (cdrom === undefined) return;
  if (values.has("ide2")) throw invalid({ cdrom: "option conflicts with option 'ide2'" });
  values.delete("cdrom");
  values.set("ide2", `${cdrom},media=cdrom`);
}

const isKeyLine = (line: string): boolean => {
  const [, type = "", data = ""] = /(?:^|\s)((?:ssh|ecdsa|sk)-[\w@.-]+)\s+([A-Za-z0-9+/]+=*)(?:\s|$)/.exec(line) ?? [];
  const blob = Buffer.from(data, "base64");
  // The blob begins with its type, whose length is in the first 4 bytes.
  return (
    blob.length > 4 + type.length &&
    blob.readUInt32BE(0) === type.length &&
    blob.toString("latin1", 4, 4 + type.length) === type
  );
};

/** Each key goes through `ssh-keygen -l`. Reference: section 5 */
export function checkSshKeys(encoded: string | undefined): void {
  if (encoded === undefined) return;
  const lines = uriUnescape(encoded)
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (!lines.every(isKeyLine)) throw failure("SSH public key validation error");
}

/** Drives and cards in the form that is stored. Source: check_drive_param, print_net */
export function prepareValues(values: Map<string, string>): void {
  for (const [key, text] of values) {
    if (isDriveKey(key)) {
      const drive = parseDrive(key, text);
      checkDriveRules(key, drive);
      const isWord = drive.file === "none" || drive.file === "cdrom";
      const media = drive.options.get("media") ?? (isWord ? "cdrom" : undefined);
      values.set(key, printDrive(withOptions(drive, { media })));
    } else if (isCardKey(key)) values.set(key, printCard(parseCard(text)));
    else if (key === "vmgenid" && text === "1") values.set(key, randomUUID());
    else if (key === "hookscript") {
      // Snippets cannot be uploaded, so none exists. Reference: section 2
      throw invalid({ hookscript: `script '${text}' does not exist\n` });
    } else if (text === "") values.set(key, " ");
  }
}
