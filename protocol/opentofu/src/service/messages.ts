/** Messages of tfplugin6, as grpc-js reads and writes them. Absent fields have the defaults of protobuf. */
export interface DynamicValue {
  msgpack: Buffer;
  json?: Buffer;
}

export interface Diagnostic {
  severity: "ERROR" | "WARNING";
  summary: string;
  detail: string;
}

export interface Requests {
  ConfigureProvider: { config: DynamicValue };
  ValidateResourceConfig: { type_name: string; config: DynamicValue };
  UpgradeResourceState: { type_name: string; raw_state: { json: Buffer } };
  ReadResource: { type_name: string; current_state: DynamicValue; private: Buffer };
  PlanResourceChange: {
    type_name: string;
    prior_state: DynamicValue;
    config: DynamicValue;
    prior_private: Buffer;
  };
  ApplyResourceChange: {
    type_name: string;
    prior_state: DynamicValue;
    planned_state: DynamicValue;
    planned_private: Buffer;
  };
  ImportResourceState: { type_name: string; id: string };
  MoveResourceState: {
    source_provider_address: string;
    source_type_name: string;
    source_state: { json: Buffer };
    source_private: Buffer;
    target_type_name: string;
  };
}
