export { emptyState, flawOfState, isStateDocument, pointerTo, resourcePathsIn, resourcesIn } from "./document.ts";
export { applyPatch, PatchError, readPatch, type PatchOperation } from "./patch.ts";
export { formatStateFileEvent, parseStateFile, StateFileError, type StateFileEvent } from "./state-file.ts";
