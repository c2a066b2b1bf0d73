import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Provider } from "@nixops4-resources/protocol-core";
import { typeName } from "../schema/form.ts";
import type { LoadedSchema } from "../schema/load-schema.ts";
import { capabilities } from "../schema/schema-message.ts";
import { applyChange } from "./apply.ts";
import { diagnosticOf } from "./diagnostics.ts";
import { importState } from "./import.ts";
import type { Requests } from "./messages.ts";
import { planChange } from "./plan.ts";
import { readResource } from "./read.ts";
import { Session } from "./session.ts";
import { moveState, upgradeState } from "./state.ts";
import { validateResource } from "./validate.ts";

/** The service `Provider` of tfplugin6. Methods that it does not have answer UNIMPLEMENTED, which the engine expects. */
export function providerService(
  provider: Provider,
  { schema, answer }: LoadedSchema,
  writeLog: (text: string) => void,
): UntypedServiceImplementation {
  const session = new Session(provider, schema, writeLog);
  const answering = <Request>(handle: Handler<Request>) => unary((request: Request) => handle(session, request));
  return {
    GetMetadata: unary(() => ({
      server_capabilities: capabilities,
      resources: Object.keys(schema.types).map((type) => ({ type_name: typeName(schema, type) })),
    })),
    // Made on request: the engine asks one of the plugins that it starts.
    GetProviderSchema: unary(answer),
    // Each resource checks its connection in its own plan.
    ValidateProviderConfig: unary(() => ({})),
    // The requests in hand finish, as they do after Ctrl-C elsewhere: no write is cut off.
    StopProvider: answering(stop),
    ConfigureProvider: answering(configure),
    ValidateResourceConfig: answering(validateResource),
    UpgradeResourceState: answering(upgradeState),
    ReadResource: answering(readResource),
    PlanResourceChange: answering(planChange),
    ApplyResourceChange: answering(applyChange),
    ImportResourceState: answering(importState),
    MoveResourceState: answering(moveState),
  };
}

type Handler<Request> = (session: Session, request: Request) => object | Promise<object>;

function configure(session: Session, { config }: Requests["ConfigureProvider"]): object {
  session.configure(config);
  return {};
}

function stop(session: Session): object {
  session.stop();
  return { Error: "" };
}

function unary<Request>(respond: (request: Request) => object | Promise<object>) {
  return ({ request }: ServerUnaryCall<Request, object>, done: sendUnaryData<object>): void => {
    void reply(done, async () => await respond(request));
  };
}

async function reply(done: sendUnaryData<object>, respond: () => Promise<object>): Promise<void> {
  done(null, await diagnosed(respond));
}

/** Every response has diagnostics, so a failure is never an error of gRPC: that would look like a crash. */
async function diagnosed(respond: () => Promise<object>): Promise<object> {
  try {
    return await respond();
  } catch (error) {
    return { diagnostics: [diagnosticOf(error, "answer OpenTofu")] };
  }
}
