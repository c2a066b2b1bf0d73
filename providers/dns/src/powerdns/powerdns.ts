import type { Connecting } from "@nixops4-resources/protocol-core";
import type { BackendReader, BackendWriter } from "../backend.ts";
import { PowerdnsReader, PowerdnsWriter } from "./api.ts";
import { PowerdnsBackendReader } from "./reader.ts";
import type { PowerdnsSettings } from "./settings.ts";
import { PowerdnsBackendWriter } from "./writer.ts";

export const openReader = (settings: PowerdnsSettings, request: Connecting): BackendReader =>
  new PowerdnsBackendReader(new PowerdnsReader(settings, request));

export const openWriter = (settings: PowerdnsSettings, request: Connecting): BackendWriter =>
  new PowerdnsBackendWriter(new PowerdnsWriter(settings, request));
