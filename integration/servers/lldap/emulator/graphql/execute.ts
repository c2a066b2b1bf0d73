import {
  buildSchema,
  execute,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from "graphql";
import { Panic } from "../domain/panic.ts";
import type { Context } from "./context.ts";
import { groupMutations } from "./group-mutations.ts";
import { queries } from "./queries.ts";
import { schemaMutations } from "./schema-mutations.ts";
import { sdl } from "./sdl.ts";
import { userMutations } from "./user-mutations.ts";

/** One operation that the client sent. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

export interface GraphqlAnswer {
  /** False if the operation did not start: it is invalid, or its variables are. */
  readonly isExecuted: boolean;
  readonly body: unknown;
  /** The kind of the operation and its fields, for the log. */
  readonly operation: string;
}

const schema = buildSchema(sdl);
const rootValue = { ...queries, ...userMutations, ...groupMutations, ...schemaMutations };

/** Throws `Panic` if lldap would end without an answer. */
export async function answerGraphql(request: GraphqlRequest, contextValue: Context): Promise<GraphqlAnswer> {
  let operation = "invalid";
  try {
    const document = parse(request.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return rejected(operation, errors);
    const definition = operationOf(document, request.operationName);
    operation = summary(definition);
    requireOneMutation(definition);
    const result = await execute({
      schema,
      document,
      rootValue,
      contextValue,
      ...(typeof request.operationName === "string" ? { operationName: request.operationName } : {}),
      variableValues: request.variables ?? {},
    });
    const { data, errors: failures = [] } = result;
    if (data === undefined) return rejected(operation, failures);
    const panic = failures.find(({ originalError }) => originalError instanceof Panic);
    if (panic !== undefined) throw new Panic(panic.message);
    const body = failures.length === 0 ? { data } : { data, errors: failures.map(failure) };
    return { isExecuted: true, body, operation: `${operation}${failures.length === 0 ? "" : ", failed"}` };
  } catch (error) {
    if (error instanceof GraphQLError) return rejected(operation, [error]);
    throw error;
  }
}

/** The path names fields only: lldap has no indexes of lists in it. */
const failure = ({ message, locations, path = [] }: GraphQLError): unknown => ({
  message,
  locations,
  path: path.filter((step) => typeof step === "string"),
});

const rejected = (operation: string, errors: readonly GraphQLError[]): GraphqlAnswer => ({
  isExecuted: false,
  body: { errors },
  operation: `${operation}, rejected`,
});

function operationOf(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (typeof name !== "string" && operations.length > 1) {
    throw new GraphQLError("Must provide operation name if query contains multiple operations");
  }
  const found = typeof name === "string" ? operations.find((one) => one.name?.value === name) : operations[0];
  if (found === undefined) throw new GraphQLError("Unknown operation");
  return found;
}

/**
 * lldap runs the mutations of one request at the same time, in no certain order. No client can rely on that, so that the
 * emulator rejects it.
 */
function requireOneMutation({ operation, selectionSet }: OperationDefinitionNode): void {
  if (operation !== OperationTypeNode.MUTATION || selectionSet.selections.length === 1) return;
  throw new GraphQLError("The emulator rejects several mutations in one request: lldap runs them concurrently");
}

const summary = ({ operation, selectionSet }: OperationDefinitionNode): string =>
  `${operation} ${selectionSet.selections.map((one) => ("name" in one ? one.name.value : "fragment")).join(" ")}`;
