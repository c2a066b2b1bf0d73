import * as z from "zod/mini";

/** Id of an access key. Garage generates `GK` and 24 hexadecimal digits; an imported key may have another one. */
export const accessKeyId = z.string().check(z.regex(/^[A-Za-z0-9._-]{8,}$/));
