import { failure } from "../refusal.ts";

/** The options of the datacenter. Source: PVE/DataCenterConfig.pm */
export class ClusterOptions {
  readonly values = new Map<string, string>();

  /** A part of an option that is a property string. */
  part(option: string, key: string): string | undefined {
    const parts = (this.values.get(option) ?? "").split(",");
    return parts.find((part) => part.startsWith(`${key}=`))?.slice(key.length + 1);
  }

  /** The lowest and the highest id that nextid offers; the upper end does not belong to it. Reference: section 3 */
  get idRange(): { lower: number; upper: number } {
    return {
      lower: Number(this.part("next-id", "lower") ?? 100),
      upper: Number(this.part("next-id", "upper") ?? 1_000_000),
    };
  }

  /** The tags that users without Sys.Modify may set: `free` is any. Source: get_user_tags / PVE/GuestHelpers.pm */
  tagRule(existing: readonly string[]): { allowed: readonly string[] | "any"; registered: readonly string[] } {
    const registered = (this.values.get("registered-tags") ?? "").split(";").filter((tag) => tag !== "");
    const listed = (this.part("user-tag-access", "user-allow-list") ?? "").split(";").filter((tag) => tag !== "");
    switch (this.part("user-tag-access", "user-allow") ?? "free") {
      case "free":
        return { allowed: "any", registered };
      case "existing":
        return { allowed: [...new Set([...existing, ...listed])].sort(), registered };
      case "list":
        return { allowed: listed, registered };
      case "none":
        return { allowed: [], registered };
      default:
        throw failure(`not emulated: user-tag-access ${this.values.get("user-tag-access")}`);
    }
  }
}
