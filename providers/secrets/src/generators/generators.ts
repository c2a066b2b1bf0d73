import { option, tagged } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { age } from "./age.ts";
import { argon2id } from "./argon2id.ts";
import { bcrypt, htpasswd } from "./bcrypt.ts";
import { certificateAuthority } from "./certificate-authority.ts";
import { certificateRequest } from "./certificate-request.ts";
import { certificate } from "./certificate.ts";
import { copy } from "./copy.ts";
import { dkim } from "./dkim.ts";
import type { AnyGenerator } from "./generator.ts";
import { laravelAppKey, laravelPassport } from "./laravel.ts";
import { password } from "./password.ts";
import { privateKey } from "./private-key.ts";
import { activeRecordEncryptionKey, railsSecretKeyBase } from "./rails.ts";
import { scramSha256 } from "./scram-sha256.ts";
import { sshKey } from "./ssh-key.ts";
import { base64, base64url, hex, uuid } from "./tokens.ts";
import { tsig } from "./tsig.ts";
import { vapid } from "./vapid.ts";
import { wireguard } from "./wireguard.ts";

/** Every generator, by its name in the input `generator`. */
export const generators = {
  activeRecordEncryptionKey,
  age,
  argon2id,
  base64,
  base64url,
  bcrypt,
  certificate,
  certificateAuthority,
  certificateRequest,
  copy,
  dkim,
  hex,
  htpasswd,
  laravelAppKey,
  laravelPassport,
  password,
  privateKey,
  railsSecretKeyBase,
  scramSha256,
  sshKey,
  tsig,
  uuid,
  vapid,
  wireguard,
};

/** The input `generator`: exactly one kind with its inputs. Their schemas are created on demand. */
export const generatorInput = tagged(
  Object.fromEntries(
    Object.entries<AnyGenerator>(generators).map(([kind, { description, inputs }]) => [
      kind,
      () => option(z.strictObject(inputs()), description),
    ]),
  ),
);

/** The input with defaults filled in: `{ password: { length: 32, ... } }`. */
export type Given = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The generator of an input, and its inputs. */
export interface Kind {
  readonly name: string;
  readonly generator: AnyGenerator;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Undefined for an unknown kind: a later version may have stored it. */
export function kindOf(given: Given): Kind | undefined {
  const [name = "", inputs = {}] = Object.entries(given)[0] ?? [];
  const known: Readonly<Record<string, AnyGenerator>> = generators;
  const generator = Object.hasOwn(known, name) ? known[name] : undefined;
  return generator && { name, generator, inputs };
}

/** What an earlier version stored, with the present names of inputs. */
export const withCurrentNames = (stored: Given): Given =>
  Object.fromEntries(
    Object.entries(stored).map(([name, inputs]) => {
      const { formerNames = {} } = kindOf({ [name]: inputs })?.generator ?? {};
      const renamed = Object.entries(inputs).map(([input, value]) => [formerNames[input] ?? input, value]);
      return [name, Object.fromEntries(renamed)];
    }),
  );
