import type { Connecting } from "@nixops4-resources/protocol-core";
import type { BackendReader, BackendWriter } from "../backend.ts";
import { Rfc2136Reader } from "./reader.ts";
import { NameServer } from "./server.ts";
import type { Rfc2136Settings } from "./settings.ts";
import { Rfc2136Writer } from "./writer.ts";

export const openReader = async (settings: Rfc2136Settings, request: Connecting): Promise<BackendReader> =>
  new Rfc2136Reader(await NameServer.connect(settings, request));

export const openWriter = async (settings: Rfc2136Settings, request: Connecting): Promise<BackendWriter> =>
  new Rfc2136Writer(await NameServer.connect(settings, request));
