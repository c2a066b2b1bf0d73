import type { ProviderError } from "@nixops4-resources/protocol-core";
import { readUserFile, UnreadableFile } from "@nixops4-resources/protocol-core/files";
import { imageSize } from "image-size";
import { failure } from "../failure.ts";

/** Larger pictures break the login of some applications, and every answer of lldap carries the whole picture. */
const largestBytes = 512 * 1024;
const largestPixels = 1024;

/** The JPEG in Base64, as lldap takes it. Throws `lldap.avatar.invalid` if lldap or the applications would not take it. */
export async function readAvatar(file: string): Promise<string> {
  const bytes = await readBytes(file);
  const { type, width, height } = describe(bytes);
  if (type !== "jpg") {
    const kind = type === undefined ? "is no picture that lldap takes" : `is a ${type.toUpperCase()}`;
    throw invalid(`${file} ${kind}, and lldap takes only JPEG`, "Convert the picture to JPEG");
  }
  if (width > largestPixels || height > largestPixels) {
    throw invalid(
      `${file} is ${width} x ${height} pixels, and the largest avatar is ${largestPixels} x ${largestPixels}`,
      "Scale the picture down",
    );
  }
  return bytes.toString("base64");
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    // More than permitted, so that the message can tell the size of a picture that is too large.
    const bytes = await readUserFile(file, { largestBytes: 64 * largestBytes });
    if (bytes.length <= largestBytes) return bytes;
    throw invalid(
      `${file} has ${bytes.length} bytes, and the largest avatar has ${largestBytes}`,
      "Scale the picture down, or compress it more",
    );
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    throw invalid(`${file} cannot be read: ${cause.message}`, "Put the picture there, or change `avatarFile`", cause);
  }
}

function describe(bytes: Buffer): { type: string | undefined; width: number; height: number } {
  try {
    const { type, width, height } = imageSize(bytes);
    return { type, width, height };
  } catch {
    return { type: undefined, width: 0, height: 0 };
  }
}

const invalid = (reason: string, hint: string, cause?: unknown): ProviderError =>
  failure(reason, "lldap.avatar.invalid", hint, cause);
