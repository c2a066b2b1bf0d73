import { MarkChanged, ProviderError, takenOver } from "@nixops4-resources/protocol-core";
import {
  FailedStep,
  readListInputs,
  UsageError,
  type CommandArguments,
} from "@nixops4-resources/protocol-core/command";
import { connectReader, connectWriter } from "@nixops4-resources/protocol-postgres";
import { confirm } from "./confirm.ts";
import { markedObjects, replaceMark, type MarkedObject } from "./marked.ts";
import { counted, reviewText, type Review } from "./review.ts";
import databaseType from "../database/database.ts";

type Target = Awaited<ReturnType<typeof readTarget>>;

/**
 * Gives a deployment everything in one database that carries the mark of another one, after a person has confirmed the list.
 * A run that was killed is repeated: it lists what is left.
 */
export async function adopt(given: CommandArguments, print: (text: string) => void): Promise<number> {
  const target = await readTarget(given);
  const review = await look(target);
  const { yes = false, json = false } = given.values;
  const printJson = (isDone: boolean): void => print(`${JSON.stringify(toJson(review, isDone), null, 2)}\n`);
  if (json === true && yes !== true) {
    printJson(false);
    return review.objects.length === 0 ? 0 : 2;
  }
  if (json !== true) print(reviewText(review));
  if (review.objects.length > 0) {
    if (yes !== true && !(await confirm(`Adopt ${counted(review.objects)}?`))) {
      print("Nothing was changed.\n");
      return 1;
    }
    await write(target, review.objects, json === true ? () => undefined : print);
  }
  if (json === true) printJson(true);
  return 0;
}

async function readTarget({ values, positionals }: CommandArguments) {
  const [surplus] = positionals;
  if (surplus !== undefined) throw new UsageError(`\`adopt\` takes no argument ${JSON.stringify(surplus)}`);
  const { database, from, inputs: file } = values;
  if (typeof database !== "string") throw new UsageError("Name the database with --database");
  if (typeof from !== "string") throw new UsageError("Name the deployment in the present marks with --from");
  if (typeof file !== "string") throw new UsageError("Name a file with the new deployment's inputs with --inputs");
  const inputs = await readListInputs(databaseType, file);
  if (inputs.managedBy === from) {
    throw new UsageError(
      `--from and \`managedBy\` in ${file} are both ${from}`,
      "Set `managedBy` to the new deployment",
    );
  }
  return { ...inputs, database, from };
}

/** A command has no deadline, only each statement has a timeout. */
const requestOf = ({ timeoutSeconds }: Target) => ({ signal: new AbortController().signal, timeoutSeconds });

/** Its connections are closed before a person is asked. */
async function look(target: Target): Promise<Review> {
  const { connection, database, from, managedBy } = target;
  await using client = await connectReader(connection, requestOf(target));
  const all = await markedObjects(await client.on(database));
  return {
    database,
    from,
    managedBy,
    objects: all.filter(({ mark }) => mark.managedBy === from),
    others: all.filter(({ mark }) => mark.managedBy !== from && mark.managedBy !== managedBy),
  };
}

/** Each object in a transaction of its own, which proves that it still carries the mark that the person has seen. */
async function write(target: Target, objects: readonly MarkedObject[], print: (text: string) => void): Promise<void> {
  await using client = await connectWriter(target.connection, requestOf(target));
  const session = await client.on(target.database);
  for (const object of objects) {
    const { type, name, mark } = object;
    try {
      await replaceMark(session, object, takenOver(mark, target.managedBy));
    } catch (error) {
      throw new FailedStep("adopt", { type, label: name }, error instanceof MarkChanged ? changed() : error);
    }
    print(`adopted ${type} ${name}\n`);
  }
}

const changed = (): ProviderError =>
  new ProviderError("its mark was changed since it was listed", {
    code: "protocol.unsettled",
    hint: "Run the command again, and read the new list",
  });

const toJson = ({ database, from, managedBy, objects, others }: Review, isDone: boolean): object => ({
  database,
  from,
  managedBy,
  adopted: isDone,
  objects: objects.map(({ type, name }) => ({ type, name })),
  others: others.map(({ type, name, mark }) => ({ type, name, managedBy: mark.managedBy })),
});
