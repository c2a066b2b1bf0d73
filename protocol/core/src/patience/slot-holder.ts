// Takes a place or a lock, reports it, and keeps it: `node slot-holder.ts slot ENDPOINT SLOTS` or `... lock NAME`, with an
// IPC channel.
import { takeLock } from "./lock.ts";
import { takeSlot } from "./slots.ts";

const [kind, name = "", slots = "1"] = process.argv.slice(2);
const slot = await (kind === "slot" ? takeSlot(name, Number(slots)) : takeLock(name));
process.send?.("taken");
process.on("disconnect", () => slot[Symbol.dispose]());
