import { digestOf, rowOf, type Row } from "./digest.ts";
import { failure, invalid } from "../refusal.ts";

export interface Entry {
  readonly cidr: string;
  readonly comment: string | undefined;
  readonly isExcluded: boolean;
}

export interface IpSet {
  readonly comment: string | undefined;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Alias {
  readonly name: string;
  readonly cidr: string;
  readonly comment: string | undefined;
}

/** A rule's keys as texts. */
export type Rule = ReadonlyMap<string, string>;

/** The firewall of a VM: a file of its own. Source: PVE/Firewall.pm */
export class GuestFirewall {
  readonly options = new Map<string, string>();
  rules: readonly Rule[] = [];
  readonly sets = new Map<string, IpSet>();
  /** By the name in lower case. */
  readonly aliases = new Map<string, Alias>();

  /** Only the keys that are set. */
  get optionRow(): Row {
    return Object.fromEntries([...this.options].map(([key, value]) => [key, numbers.has(key) ? Number(value) : value]));
  }

  get ruleRows(): Row[] {
    return this.rules.map((rule) => ({ ...Object.fromEntries(rule), enable: rule.get("enable") === "0" ? 0 : 1 }));
  }

  get setRows(): Row[] {
    return [...this.sets].toSorted(byKey).map(([name, { comment }]) => rowOf({ name, comment }));
  }

  entryRows(name: string): Row[] {
    return [...this.set(name).entries]
      .toSorted(byKey)
      .map(([cidr, { comment, isExcluded }]) => rowOf({ cidr, comment, nomatch: isExcluded ? 1 : undefined }));
  }

  get aliasRows(): Row[] {
    return [...this.aliases].toSorted(byKey).map(([, { name, cidr, comment }]) => {
      const ipversion = cidr.includes(":") ? 6 : 4;
      return rowOf({ name, cidr, comment, ipversion });
    });
  }

  /** Of the options: it is there even if no option is set. */
  get optionDigest(): string {
    return digestOf([this.optionRow]);
  }

  ruleAt(position: number): Rule {
    const rule = this.rules[position];
    if (rule === undefined) throw failure(`no rule at position ${position}`);
    return rule;
  }

  set(name: string): IpSet {
    const set = this.sets.get(name);
    if (set === undefined) throw failure(`no such IPSet '${name}'`);
    return set;
  }

  alias(name: string): Alias {
    const alias = this.aliases.get(name.toLowerCase());
    if (alias === undefined) throw invalid({ name: "no such alias" });
    return alias;
  }

  copy(): GuestFirewall {
    const copy = new GuestFirewall();
    copy.rules = this.rules;
    for (const [key, value] of this.options) copy.options.set(key, value);
    for (const [name, alias] of this.aliases) copy.aliases.set(name, alias);
    for (const [name, set] of this.sets) copy.sets.set(name, set);
    return copy;
  }
}

const numbers = new Set(["enable", "dhcp", "ipfilter", "macfilter", "ndp", "radv"]);

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

/** The firewalls of all VMs; one exists as soon as it is asked for. */
export class Firewalls {
  readonly #firewalls = new Map<number, GuestFirewall>();
  /** The option `enable` of the cluster's firewall, without which no VM is filtered. */
  isClusterEnabled = false;

  of(vmid: number): GuestFirewall {
    const firewall = this.#firewalls.get(vmid) ?? new GuestFirewall();
    this.#firewalls.set(vmid, firewall);
    return firewall;
  }

  delete(vmid: number): void {
    this.#firewalls.delete(vmid);
  }

  copy(source: number, target: number): void {
    this.#firewalls.set(target, this.of(source).copy());
  }
}
