// Takes a place, reports that to its parent process, and keeps the place until the parent disconnects: `node slot-holder.ts ENDPOINT SLOTS`, with an IPC channel.
import { takeSlot } from "./slots.ts";

const [endpoint = "", slots = "1"] = process.argv.slice(2);
const slot = await takeSlot(endpoint, Number(slots));
process.send?.("taken");
process.on("disconnect", () => slot[Symbol.dispose]());
