import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { writePrivateFile } from "../process/private-file.ts";

export interface TsigKey {
  name: string;
  algorithm: "hmac-sha256" | "hmac-sha384" | "hmac-sha512";
  /** The secret in Base64. */
  secretFile: string;
  /** The whole key in the format of BIND's tools (`dig -k`, `nsupdate -k`). */
  keyFile: string;
}

/** One key per algorithm with all rights, and one that the server knows without any right. */
export type TsigKeys = Readonly<Record<"sha256" | "sha384" | "sha512" | "rightless", TsigKey>>;

/** New keys as private files in the folder of their server. */
export async function makeKeys(folder: string): Promise<TsigKeys> {
  const make = async (name: string, algorithm: TsigKey["algorithm"]): Promise<TsigKey> => {
    const secret = randomBytes(32).toString("base64");
    return {
      name,
      algorithm,
      secretFile: await writePrivateFile(join(folder, `${name}.secret`), `${secret}\n`),
      keyFile: await writePrivateFile(join(folder, `${name}.key`), bindKey(name, algorithm, secret)),
    };
  };
  return {
    sha256: await make("nixops4-sha256", "hmac-sha256"),
    sha384: await make("nixops4-sha384", "hmac-sha384"),
    sha512: await make("nixops4-sha512", "hmac-sha512"),
    rightless: await make("nixops4-rightless", "hmac-sha256"),
  };
}

/** The keys that may update and transfer zones. */
export const keysWithRights = ({ sha256, sha384, sha512 }: TsigKeys): TsigKey[] => [sha256, sha384, sha512];

/** Source: https://bind9.readthedocs.io/en/v9.18.14/reference.html#namedconf-statement-key */
const bindKey = (name: string, algorithm: string, secret: string): string =>
  `key "${name}" { algorithm ${algorithm}; secret "${secret}"; };\n`;
