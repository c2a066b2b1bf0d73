import { expect, test, vi } from "vitest";
import { boxOn, Shelf } from "../fixtures/box.ts";
import { noteOutcome } from "../report/note.ts";
import { answer } from "./answer.ts";
import { OpenStores } from "./open-stores.ts";

const shelf = new Shelf();
const box = {
  ...boxOn(shelf),
  async delete() {
    shelf.boxes.clear();
    noteOutcome("gave 2 shoes to staging");
    noteOutcome("burned\nthe lid");
  },
};
const provider = {
  name: "room",
  title: "Room",
  description: "Boxes.",
  version: "1",
  types: { box: async () => ({ default: box }) },
  errors: async () => ({ default: {} }),
};

/** The lines on stderr of a destroy. */
async function destroy(): Promise<string> {
  shelf.boxes.set("shoes", { size: 10, colour: "red", mark: { managedBy: "prod", type: "box" } });
  const resource = { type: "box", inputProperties: { connection: {}, managedBy: "prod", name: "shoes" } };
  await using stores = new OpenStores();
  const stderr: string[] = [];
  const line = JSON.stringify({ destroyResourceRequest: { resource } });
  expect(await answer(provider, line, stores, { stderr: (text) => stderr.push(text) })).toEqual({
    destroyResourceResponse: {},
  });
  return stderr.join("");
}

test("the outcome line ends with what the request changed besides its object, each note in one line", async () => {
  const note = /gave 2 shoes to staging; burned\S+the lid/.source;
  expect(await destroy()).toMatch(new RegExp(`^deleted box shoes \\(0\\.\\d\\d s\\): ${note}\n$`));
  vi.stubEnv("NIXOPS4_RESOURCES_LOG_FORMAT", "json");
  const { outcome, note: found }: Record<string, unknown> = JSON.parse(await destroy());
  vi.unstubAllEnvs();
  expect(outcome).toBe("deleted");
  expect(found).toMatch(new RegExp(`^${note}$`));
});
