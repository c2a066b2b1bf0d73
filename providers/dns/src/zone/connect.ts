import type { Connecting } from "@nixops4-resources/protocol-core";
import type { Connection } from "../connection.ts";
import { failure } from "../failure.ts";
import { PowerdnsReader, PowerdnsWriter } from "../powerdns/api.ts";
import type { PowerdnsSettings } from "../powerdns/settings.ts";

export const connectReader = async (connection: Connection, request: Connecting): Promise<PowerdnsReader> =>
  new PowerdnsReader(settingsOf(connection), request);

export const connectWriter = async (connection: Connection, request: Connecting): Promise<PowerdnsWriter> =>
  new PowerdnsWriter(settingsOf(connection), request);

function settingsOf(connection: Connection): PowerdnsSettings {
  if ("powerdns" in connection) return connection.powerdns;
  throw failure(
    `\`connection.${Object.keys(connection).join()}\` cannot create zones`,
    "dns.zone.connection",
    "Use `connection.powerdns`, or create the zone at the server and declare its records only",
  );
}
