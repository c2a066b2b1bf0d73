// A subpath of its own, so that no process loads it at its start.
export { explainFileError, type FileFailure } from "./file-failure.ts";
export { lookAtPath, readStdin, readUserFile, UnreadableFile, type UserFileOptions } from "./read-user-file.ts";
export { readSecretFile } from "../secrets/read-secret-file.ts";
