import { defineGenerator, onlyValue } from "./generator.ts";
import { makePrivateKey, privatePem, publicPem } from "./key-pair.ts";

/** As `php artisan key:generate` creates it for AES-256: https://laravel.com/docs/12.x/encryption#configuration */
export const laravelAppKey = defineGenerator({
  description: "APP_KEY of a Laravel application: `base64:` followed by 32 random bytes.",
  inputs: () => ({}),
  async generate() {
    const { randomBytes } = await import("node:crypto");
    return onlyValue(`base64:${randomBytes(32).toString("base64")}`);
  },
});

/** As `php artisan passport:keys` creates them: https://laravel.com/docs/12.x/passport#deploying-passport */
export const laravelPassport = defineGenerator({
  description:
    "Keys of Laravel Passport, RSA with 4096 bits. The value is `oauth-private.key` (PEM). Public part: `publicKey`, the content of `oauth-public.key`.",
  inputs: () => ({}),
  async generate() {
    const key = await makePrivateKey("rsa-4096");
    return { value: privatePem(key), public: { publicKey: await publicPem(key) }, expiresAt: null };
  },
});
