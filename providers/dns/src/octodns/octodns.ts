import type { Connecting } from "@nixops4-resources/protocol-core";
import type { BackendReader, BackendWriter } from "../backend.ts";
import { OctodnsReader } from "./reader.ts";
import type { OctodnsSettings } from "./settings.ts";
import { OctodnsWriter } from "./writer.ts";

export const openReader = (settings: OctodnsSettings, request: Connecting): BackendReader =>
  new OctodnsReader(settings, request);

export const openWriter = (settings: OctodnsSettings, request: Connecting): BackendWriter =>
  new OctodnsWriter(settings, request);
