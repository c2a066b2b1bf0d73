import { startGarage, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { ServerUnavailable } from "@nixops4-resources/integration-servers/server-unavailable";
import * as z from "zod/mini";
import { apps, type App } from "./apps.ts";

/** The reason why no Garage runs, and the remedy. */
export interface NoGarage {
  readonly missing: string;
}

/** Starts a temporary Garage if its program is found. */
export async function startGarageIfFound(): Promise<GarageServer | NoGarage> {
  try {
    return await startGarage();
  } catch (error) {
    if (error instanceof ServerUnavailable) return { missing: error.message };
    throw error;
  }
}

/** The variables of nixops4.nix; without Garage, an empty one that hides a variable of the caller. */
export const garageVariables = (garage: GarageServer | NoGarage): Record<string, string> =>
  "missing" in garage
    ? { DEMO_GARAGE_URL: "" }
    : {
        DEMO_GARAGE_URL: `http://127.0.0.1:${garage.adminPort}`,
        DEMO_GARAGE_TOKEN_FILE: garage.tokenFile,
        DEMO_GARAGE_S3_URL: `http://127.0.0.1:${garage.s3Port}`,
        DEMO_GARAGE_ROOT_DOMAIN: garage.rootDomain,
      };

const bucketInfo = z.object({
  id: z.string(),
  globalAliases: z.array(z.string()),
  websiteAccess: z.boolean(),
  quotas: z.object({ maxSize: z.nullable(z.number()) }),
});

/** The buckets as an administrator sees them. */
export async function describeBuckets(garage: GarageServer): Promise<string[]> {
  const lines = [];
  for (const app of apps) {
    const { globalAliases, websiteAccess, quotas } = await bucketOf(garage, app);
    const website = websiteAccess ? `${nameOf(app)}.${garage.rootDomain}` : "off";
    const marks = globalAliases.filter((alias) => alias.startsWith("nixops4."));
    lines.push(
      `bucket ${nameOf(app).padEnd(15)} website ${website}, at most ${quotas.maxSize ?? "unlimited"} bytes`,
      `       ${" ".repeat(15)} marked ${marks.join(", ") || "not at all"}`,
    );
  }
  return lines;
}

/** Changes a quota by hand. Returns the call. */
export async function driftBucket(garage: GarageServer): Promise<string[]> {
  const { id } = await bucketOf(garage, "pixelfed");
  const quotas = { maxSize: 1_000_000, maxObjects: null };
  await garage.admin.post(`/v2/UpdateBucket?id=${id}`, { quotas });
  return [`UpdateBucket ${nameOf("pixelfed")} ${JSON.stringify({ quotas })}`];
}

const nameOf = (app: App): string => `${app}-media`;

async function bucketOf({ admin }: GarageServer, app: App): Promise<z.output<typeof bucketInfo>> {
  return bucketInfo.parse(await admin.get(`/v2/GetBucketInfo?globalAlias=${nameOf(app)}`));
}
